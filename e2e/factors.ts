import { codeOfApp } from '@latchkey/testkit/authenticator-app';
import type { Locator, Page } from '@playwright/test';

import { ADMIN, expect, loseCookies } from './fixtures.ts';

type Tourist = { page: Page; stop: (state: string) => Promise<void> };
type App = { secret: string; codes: string[] };

/** Sets an authenticator app up on the account's page, and hands over what it was told; `look` looks at the recovery codes. */
export async function addApp(page: Page, look = async (_dialog: Locator) => {}): Promise<App> {
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Add app' }).click();
  const scan = page.getByRole('dialog', { name: 'Add an authenticator app' });
  await scan.getByRole('button', { name: 'Copy secret' }).click();
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  await scan.getByLabel('Code', { exact: true }).fill(codeOfApp(secret, Date.now()));
  await scan.getByRole('button', { name: 'Add app' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save your recovery codes' });
  await expect(dialog.getByRole('button', { name: 'Copy codes' })).toBeFocused();
  const codes = await dialog.getByRole('list').getByRole('listitem').allInnerTexts();
  expect(codes).toHaveLength(10);
  await look(dialog);
  await dialog.getByRole('button', { name: 'Copy codes' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
  return { secret, codes };
}

/** As far as the password leads somebody who has a second factor. */
export async function passwordStep(page: Page, path = '/sign-in'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: "Confirm it's you" })).toBeVisible();
}

/** What somebody with a second factor sees: at the account, and at sign-in. */
export async function factorsTour({ page, stop }: Tourist): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Add app' }).click();
  const scan = page.getByRole('dialog', { name: 'Add an authenticator app' });
  await expect(scan.getByLabel('Code', { exact: true })).toBeFocused();
  await stop('app-scan');
  await scan.getByLabel('Code', { exact: true }).fill('000000');
  await scan.getByRole('button', { name: 'Add app' }).click();
  await expect(scan.getByLabel('Code', { exact: true })).toHaveAccessibleDescription(/didn't work/);
  await stop('app-wrong-code');
  await page.keyboard.press('Escape');
  await addApp(page, async (dialog) => {
    await stop('recovery-codes');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await stop('recovery-codes-not-saved');
  });
  await stop('security-with-app');
  await page.getByRole('button', { name: 'Remove app' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('app-remove');
  await page.keyboard.press('Escape');
  await loseCookies(page);
  await passwordStep(page);
  await stop('second-factor');
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await expect(page.getByRole('alert')).toBeFocused();
  await stop('second-factor-wrong');
  await page.getByRole('button', { name: 'Use another way' }).click();
  await expect(page.getByLabel('Recovery code')).toBeFocused();
  await stop('second-factor-recovery-code');
}
