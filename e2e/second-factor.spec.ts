import { readFile } from 'node:fs/promises';

import { codeOfApp } from '@latchkey/testkit/authenticator-app';
import { readOutbox } from '@latchkey/testkit/outbox';
import type { Page } from '@playwright/test';

import { addApp, passwordStep } from './factors.ts';
import { ADMIN, expect, signIn, test, loseCookies } from './fixtures.ts';

const STEP_MS = 30_000;

test.use({ clockMoves: true });

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Pages' });

test('a person adds an authenticator app, and signs in with a code that works once', async ({
  page,
  newBrowser,
  moveClock,
}) => {
  await signIn(page, ADMIN);
  const { secret } = await addApp(page);
  await expect(page.getByRole('heading', { name: 'Authenticator app', exact: true })).toBeVisible();
  await expect(page.getByText(/10 codes left/)).toBeVisible();

  const other = await newBrowser();
  await passwordStep(other);
  const field = other.getByLabel('Code', { exact: true });
  await expect(field).toBeFocused();
  await field.fill('000000');
  const alert = other.getByRole('alert');
  await expect(alert).toBeFocused();
  await expect(alert).toHaveText(
    "That code didn't work. Codes change every 30 seconds; check that your phone's clock is set automatically.",
  );
  await moveClock(STEP_MS);
  const code = codeOfApp(secret, Date.now() + STEP_MS);
  await field.fill('');
  await field.pressSequentially(code);
  await expect(navigation(other)).toBeVisible();

  const third = await newBrowser();
  await passwordStep(third);
  await third.getByLabel('Code', { exact: true }).fill(code);
  await expect(third.getByRole('alert')).toContainText("That code didn't work.");
  await third.goto('/account/profile');
  await expect(third).toHaveURL('/sign-in?next=%2Faccount%2Fprofile');
});

test('a person without the phone signs in with a recovery code, once, and to where they were going', async ({
  page,
  newBrowser,
}) => {
  await signIn(page, ADMIN);
  const { codes } = await addApp(page);
  const other = await newBrowser();
  for (const outcome of ['in', 'out']) {
    await loseCookies(other);
    await passwordStep(other, '/sign-in?next=%2Faccount%2Fsecurity');
    await other.getByRole('button', { name: 'Use another way' }).click();
    await expect(other.getByLabel('Recovery code')).toBeFocused();
    await other.getByLabel('Recovery code').fill(` ${codes[0]?.toUpperCase()} `);
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    if (outcome === 'in') await expect(other.getByText(/9 codes left/)).toBeVisible();
    else await expect(other.getByRole('alert')).toContainText("That recovery code didn't work.");
  }
});

test('recovery codes are downloaded, and not left by mistake', async ({ page }) => {
  await signIn(page, ADMIN);
  await addApp(page, async (dialog) => {
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(dialog.getByRole('alert')).toContainText("You haven't saved the codes.");
    await page.keyboard.press('Escape');
    await expect(dialog).toBeVisible();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download codes' }).click(),
    ]);
    const text = await readFile(await file.path(), 'utf8');
    for (const code of await dialog.getByRole('list').getByRole('listitem').allInnerTexts()) {
      expect(text).toContain(code);
    }
  });
});

test('new codes make the old ones useless; without an app there are none', async ({ page, newBrowser }) => {
  await signIn(page, ADMIN);
  const { codes } = await addApp(page);
  await page.getByRole('button', { name: 'Make new codes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save your recovery codes' });
  await dialog.getByRole('button', { name: 'Copy codes' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n')).toHaveLength(10);
  await dialog.getByRole('button', { name: 'Done' }).click();

  const other = await newBrowser();
  await passwordStep(other);
  await other.getByRole('button', { name: 'Use another way' }).click();
  await other.getByLabel('Recovery code').fill(codes[0] ?? '');
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other.getByRole('alert')).toContainText("That recovery code didn't work.");
  await other.getByLabel('Recovery code').fill(copied.split('\n')[0] ?? '');
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(navigation(other)).toBeVisible();

  await page.getByRole('button', { name: 'Remove app' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove app' }).click();
  await expect(page.getByRole('button', { name: 'Add app' })).toBeVisible();
  await expect(page.getByText('Recovery codes')).toBeHidden();
  await loseCookies(other);
  await signIn(other, ADMIN);
});

test('a browser that is trusted is asked once for the code, until it is forgotten', async ({
  page,
  newBrowser,
  moveClock,
}) => {
  await signIn(page, ADMIN);
  const { secret } = await addApp(page);
  const own = await newBrowser();
  await passwordStep(own);
  await own.getByRole('checkbox', { name: "Don't ask in this browser for 30 days" }).check();
  await moveClock(STEP_MS);
  await own.getByLabel('Code', { exact: true }).pressSequentially(codeOfApp(secret, Date.now() + STEP_MS));
  await expect(navigation(own)).toBeVisible();

  await signOut(own);
  await signIn(own, ADMIN);
  await passwordStep(await newBrowser());

  await own.goto('/account/security');
  await expect(own.getByText('1 browser of yours needs the password alone')).toBeVisible();
  await own.getByRole('button', { name: 'Stop trusting' }).click();
  await expect(own.getByText('Every browser is asked for your second factor again.')).toBeVisible();
  await signOut(own);
  await passwordStep(own);
});

test('an admin resets the second factors of somebody without a phone, who is told and comes in by the password', async ({
  page,
  newBrowser,
  admin,
  server,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const hers = await newBrowser();
  await signIn(hers, GRACE);
  await addApp(hers);
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Reset second factors' }).click();
  const question = page.getByRole('alertdialog', { name: 'Reset the second factors of Grace Hopper?' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await question.getByRole('button', { name: 'Reset second factors' }).click();
  await expect(page.getByText('Second factors reset. No mail went out.')).toBeVisible();

  await hers.reload();
  await expect(hers.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signIn(hers, GRACE);
  await hers.goto('/account/security');
  await expect(hers.getByRole('button', { name: 'Add app' })).toBeVisible();
  const told = readOutbox(server.outboxDir, GRACE.email).join('\n');
  expect(told).toContain('An admin has removed your authenticator app, passkeys and recovery codes');
});

test('an admin sees who has no second factor, in the list and on the person’s page', async ({
  page,
  newBrowser,
  admin,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const hers = await newBrowser();
  await signIn(hers, GRACE);
  await addApp(hers);
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await expect(page.getByRole('row', { name: 'Grace Hopper' })).toContainText('Authenticator app');
  await page.getByRole('checkbox', { name: 'Without a second factor' }).check();
  await expect(page.getByRole('row', { name: 'Grace Hopper' })).toBeHidden();
  await expect(page.getByRole('row', { name: ADMIN.email })).toContainText('None');
  await page.getByLabel('Role').selectOption('member');
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  const fact = page.getByRole('term').filter({ hasText: 'Second factor' });
  await expect(fact.locator('..')).toContainText('Authenticator app');
  await page.getByRole('button', { name: 'Reset second factors' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Reset second factors' }).click();
  await expect(fact.locator('..')).toContainText('None');
});
