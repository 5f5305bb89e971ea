import type { Page } from '@playwright/test';

import { expect } from './fixtures.ts';

/** Makes a key of one's own, with the least that the dialog asks for, and copies it. Starts on a page of keys. */
export async function createKey(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create key' }).click();
  return copyAndLeave(page, 'Copy your key now');
}

/** Chooses from the menu of a key's row. */
export async function chooseForKey(page: Page, name: string, act: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: act }).click();
}

/** Copies the secret that is shown, and closes the dialog. */
export async function copyAndLeave(page: Page, title: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog.getByRole('status').first()).toHaveText('Copied to the clipboard.');
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
  return secret;
}
