import { readFile } from 'node:fs/promises';

import { codeOfApp } from '@latchkey/testkit/authenticator-app';
import type { Page } from '@playwright/test';

import { addApp, passwordStep } from './factors.ts';
import { ADMIN, expect, signIn, test } from './fixtures.ts';

const STEP_MS = 30_000;

test.use({ clockMoves: true });

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
    await other.context().clearCookies();
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
  await other.context().clearCookies();
  await signIn(other, ADMIN);
});
