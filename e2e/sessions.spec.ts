import type { BrowserContext, Page } from '@playwright/test';

import { ADMIN, expect, signIn, test } from './fixtures.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

/** What somebody does next whose session has ended meanwhile: it leads to the sign-in. */
async function expectThrownOut(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('Somebody Else');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}

async function signedInAtProfile(page: Page, person: typeof GRACE): Promise<Page> {
  await signIn(page, person);
  await page.goto('/account/profile');
  return page;
}

async function sessionCookie(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === '__Host-latchkey')?.value;
}

test('a second browser’s session is ended from the first', async ({ page, newBrowser }) => {
  const other = await signedInAtProfile(await newBrowser(), ADMIN);
  await signIn(page, ADMIN);
  await page.goto('/account/sessions');
  const rows = page.getByRole('table', { name: 'Your sessions' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText('This browser');
  await page.getByRole('button', { name: /^End session/ }).click();
  await expect(page.getByText('Session ended.')).toBeVisible();
  await expect(rows).toHaveCount(2);
  await expectThrownOut(other);
});

test('signing out everywhere ends every session', async ({ page, newBrowser }) => {
  const other = await signedInAtProfile(await newBrowser(), ADMIN);
  await signIn(page, ADMIN);
  await page.goto('/account/sessions');
  await page.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
  const question = page.getByRole('alertdialog', { name: 'Sign out everywhere?' });
  await expect(question).toContainText('All 2 sessions end');
  await question.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectThrownOut(other);
});

test('signing out ends the session on the server, not only in the browser', async ({ page, context }) => {
  await signIn(page, ADMIN);
  const kept = await context.cookies();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const left = await context.cookies();
  expect(left.map(({ name }) => name)).not.toContain('__Host-latchkey');
  await context.addCookies(kept);
  await page.goto('/account/profile');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a new password ends the sessions in all other browsers', async ({ page, newBrowser }) => {
  const other = await signedInAtProfile(await newBrowser(), ADMIN);
  await signIn(page, ADMIN);
  await page.goto('/account/security');
  await page.getByLabel('Current password').fill('not the password');
  await page.getByLabel('New password').fill('two kettles sing at five');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Current password')).toBeFocused();
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription("That isn't your password.");
  await page.getByLabel('Current password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Password changed. 1 other session ended.')).toBeVisible();
  await expectThrownOut(other);

  await page.reload();
  await expect(page.getByRole('heading', { name: 'Security' })).toBeVisible();
  await signIn(other, { ...ADMIN, password: 'two kettles sing at five' });
});

test('a disabled person is thrown out on the next action, and enabled again, comes back in', async ({
  page,
  newBrowser,
  admin,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const hers = await signedInAtProfile(await newBrowser(), GRACE);
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Disable person' }).click();
  const question = page.getByRole('alertdialog', { name: 'Disable Grace Hopper?' });
  await question.getByRole('button', { name: 'Disable person' }).click();
  await expect(page.getByText('Grace Hopper is disabled.')).toBeVisible();
  await expectThrownOut(hers);

  await hers.getByLabel('Email').fill(GRACE.email);
  await hers.getByLabel('Password', { exact: true }).fill(GRACE.password);
  await hers.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(hers.getByRole('alert')).toContainText("That email and password don't match.");
  await page.getByRole('button', { name: 'Enable person' }).click();
  await expect(page.getByText('Grace Hopper is enabled.')).toBeVisible();
  await signIn(hers, GRACE);
});

test('a role that is given or taken acts on the next request', async ({ page, newBrowser, admin }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const hers = await newBrowser();
  await signIn(hers, GRACE);
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Change roles' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'auditor' }).check();
  await dialog.getByRole('button', { name: 'Change roles' }).click();
  await expect(page.getByText('Roles changed.')).toBeVisible();
  await hers.goto('/console/audit');
  await expect(hers.getByRole('table', { name: 'Audit log' })).toContainText('Changed roles');
});

test.describe('as time goes by', () => {
  test.use({ clockMoves: true });

  test('two tabs that renew at once stay signed in, five times in a row', async ({
    page,
    context,
    moveClock,
    admin,
  }) => {
    await signIn(page, ADMIN);
    const tabs = [page, await context.newPage()];
    for (const tab of tabs) await tab.goto('/account/sessions');
    for (let round = 0; round < 5; round += 1) {
      const before = await sessionCookie(context);
      await moveClock(6 * MINUTE_MS);
      await Promise.all(tabs.map((tab) => tab.reload()));
      for (const tab of tabs) await expect(tab.getByRole('row', { name: /This browser/ })).toBeVisible();
      const after = await sessionCookie(context);
      expect(after).not.toBe(before);
    }
    const { body } = await admin<{ items: unknown[] }>('GET', '/audit?act=session.refresh_reused');
    expect(body.items).toEqual([]);
  });

  test('a browser that was left for a week asks to sign in again', async ({ page, moveClock }) => {
    await signIn(page, ADMIN);
    await moveClock(8 * DAY_MS);
    await page.goto('/account/profile');
    await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount%2Fprofile/);
  });

  test('something grave asks for the password again after a while, and then goes on by itself', async ({
    page,
    moveClock,
  }) => {
    await signIn(page, ADMIN);
    await page.goto('/console/settings');
    await expect(page.getByRole('switch', { name: 'Open sign-up' })).toBeVisible();
    await moveClock(DAY_MS);
    await page.getByRole('switch', { name: 'Open sign-up' }).click();
    const question = page.getByRole('dialog', { name: "Confirm it's you" });
    await question.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await question.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByText('Sign-up is open.')).toBeVisible();
    await expect(page.getByRole('switch', { name: 'Open sign-up' })).toBeChecked();
  });
});
