import { codeOfApp } from '@latchkey/testkit/authenticator-app';
import type { Page } from '@playwright/test';

import { addApp } from './factors.ts';
import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { askToRequire, GRACE, passwordStep, useAnApp } from './required-factor.ts';
import { withAuthenticator } from './passkeys.ts';

const DAY_MS = 24 * 60 * 60_000;

const keysPage = (page: Page) => page.getByRole('heading', { name: 'No API keys yet' });

test('an admin requires a second factor of a role, and a person sets one up while signing in', async ({
  page,
  newBrowser,
  admin,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const open = await newBrowser();
  await signIn(open, GRACE);

  await signIn(page, ADMIN);
  const later = await askToRequire(page, 'member');
  await later.getByRole('button', { name: 'Require it' }).click();
  await expect(page.getByText(/People with this role need a second factor from .* on\. 1 person/)).toBeVisible();
  await open.goto('/account/profile');
  await expect(open.getByText(/^From .* on, a role of yours needs a second factor\./)).toBeVisible();

  const now = await askToRequire(page, 'member');
  await now.getByRole('radio', { name: 'Now' }).check();
  await now.getByRole('button', { name: 'Require it' }).click();
  await expect(page.getByText(/People with this role need a second factor, since/)).toBeVisible();
  await page.goto('/console/roles');
  await expect(page.getByRole('row', { name: /^member / })).toContainText('Required');
  await page.goto('/console/roles/member');

  const other = await newBrowser();
  await passwordStep(other);
  const secret = await useAnApp(other);
  await other.getByLabel('Code', { exact: true }).fill(codeOfApp(secret, Date.now()));
  await other.keyboard.press('Enter');
  await expect(other.getByRole('heading', { name: 'Save your recovery codes' })).toBeFocused();
  await expect(other.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')).toHaveCount(10);
  await other.getByRole('button', { name: 'Copy codes' }).click();
  await other.getByRole('button', { name: 'Go on' }).click();
  await expect(keysPage(other)).toBeVisible();
  await expect(other.getByText('a role of yours needs a second factor')).toBeHidden();

  await page.reload();
  await expect(page.getByText('Nobody lacks one.')).toBeVisible();
  await page.getByRole('button', { name: 'Stop requiring it' }).click();
  await expect(page.getByText('People with this role may sign in with their password alone.')).toBeVisible();
});

test('a person sets a passkey up while signing in, with the keyboard alone', async ({ page, admin }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await admin('PATCH', '/roles/member', { secondFactorFromMs: Date.now() });
  await withAuthenticator(page);
  await passwordStep(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Add passkey and sign in' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Save your recovery codes' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Copied' })).toBeFocused();
  for (let stops = 0; stops < 3; stops += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(keysPage(page)).toBeVisible();
});

test.describe('after the date', () => {
  test.use({ clockMoves: true });

  test('a session that is open leads to the one page that helps, and goes on from there', async ({ page, admin }) => {
    await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
    await signIn(page, GRACE);
    await admin('PATCH', '/roles/member', { secondFactorFromMs: Date.now() });
    await page.goto('/account/api-keys');
    await expect(page).toHaveURL('/account/security');
    await expect(page.getByText('Add a passkey or an authenticator app to go on.')).toBeVisible();
    await addApp(page);
    await expect(page.getByText('to go on.')).toBeHidden();
    await page.getByRole('button', { name: 'Remove app' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: 'Remove app' }).click();
    await expect(question.getByRole('alert')).toContainText('A role of yours needs a second factor.');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.goto('/account/api-keys');
    await expect(keysPage(page)).toBeVisible();
  });

  test('a code of the app confirms in place that it’s still the same person, and the act goes on', async ({
    page,
    moveClock,
  }) => {
    await signIn(page, ADMIN);
    const { secret } = await addApp(page);
    await page.goto('/console/settings');
    await expect(page.getByRole('switch', { name: 'Open sign-up' })).toBeVisible();
    await moveClock(DAY_MS);
    await page.getByRole('switch', { name: 'Open sign-up' }).click();
    const question = page.getByRole('dialog', { name: "Confirm it's you" });
    await question.getByRole('button', { name: 'Use another way' }).click();
    await expect(question.getByLabel('Code', { exact: true })).toBeFocused();
    await question.getByLabel('Code', { exact: true }).fill(codeOfApp(secret, Date.now() + DAY_MS));
    await question.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByText('Sign-up is open.')).toBeVisible();
  });
});
