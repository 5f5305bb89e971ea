import type { Page } from '@playwright/test';

import { passwordStep } from './factors.ts';
import { ADMIN, expect, signIn, test, loseCookies } from './fixtures.ts';
import { addPasskey, setFinger, withAuthenticator } from './passkeys.ts';

const QUARTER_MS = 16 * 60_000;

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Pages' });

test('a passkey signs in by the autofill of the email field, by its button, and after the password; removed, it does not', async ({
  page,
}) => {
  const authenticator = await withAuthenticator(page);
  await setFinger(authenticator, false);
  await signIn(page, ADMIN);
  await setFinger(authenticator, true);
  await addPasskey(page, 'Work laptop');

  await loseCookies(page);
  await page.goto('/sign-in');
  await expect(navigation(page)).toBeVisible();

  await setFinger(authenticator, false);
  await loseCookies(page);
  await passwordStep(page);
  await setFinger(authenticator, true);
  await page.getByRole('button', { name: 'Use passkey' }).click();
  await expect(navigation(page)).toBeVisible();

  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Rename Work laptop' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename passkey' });
  await rename.getByLabel('Name').fill('Old laptop');
  await rename.getByRole('button', { name: 'Rename passkey' }).click();
  await page.getByRole('button', { name: 'Remove Old laptop' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Old laptop', exact: true })).toBeHidden();

  await loseCookies(page);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText("That passkey didn't work here.");
  await expect(navigation(page)).toBeHidden();
});

test.describe('after a quarter of an hour', () => {
  test.use({ clockMoves: true });

  test('a passkey confirms in place that it’s still the same person, and the act goes on', async ({
    page,
    moveClock,
  }) => {
    const authenticator = await withAuthenticator(page);
    await setFinger(authenticator, false);
    await signIn(page, ADMIN);
    await setFinger(authenticator, true);
    await addPasskey(page, 'Work laptop');
    await moveClock(QUARTER_MS);
    await page.getByRole('button', { name: 'Make new codes' }).click();
    const question = page.getByRole('dialog', { name: "Confirm it's you" });
    await question.getByRole('button', { name: 'Use passkey' }).click();
    await expect(page.getByRole('dialog', { name: 'Save your recovery codes' })).toBeVisible();
  });
});
