import type { Locator, Page } from '@playwright/test';

import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { withKey } from './rest.ts';

const AS_FAR_AS_IT_CAN_BE = 60;

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < AS_FAR_AS_IT_CAN_BE; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${String(target)}.`);
}

test('with the keyboard alone: sign in, make a key, copy it, rotate it, revoke it, sign out', async ({
  page,
  server,
}) => {
  let pointed = 0;
  await page.exposeFunction('countPointing', () => (pointed += 1));
  await page.addInitScript('addEventListener("pointerdown", () => countPointing(), true)');
  const { keyboard } = page;
  const readClipboard = () => page.evaluate(() => navigator.clipboard.readText());

  await page.goto('/sign-in');
  await expect(page.getByLabel('Email')).toBeFocused();
  await keyboard.type(ADMIN.email);
  await keyboard.press('Tab');
  await keyboard.type(ADMIN.password);
  await keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();

  await keyboard.press('g');
  await keyboard.press('m');
  await expect(page.getByRole('heading', { name: 'No API keys yet' })).toBeVisible();
  await keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await keyboard.type('billing-worker');
  await keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Copy', exact: true })).toBeFocused();
  await keyboard.press('Enter');
  await expect(dialog.getByText('Copied to the clipboard.')).toBeAttached();
  const old = withKey(server, await readClipboard());
  await tabTo(page, dialog.getByRole('button', { name: 'Done' }));
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();

  const menuButton = page.getByRole('button', { name: 'Actions for billing-worker' });
  await tabTo(page, menuButton);
  await keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Rotate key' })).toBeFocused();
  await keyboard.press('Enter');
  await tabTo(page, dialog.getByRole('radio', { name: 'In 24 hours' }));
  await keyboard.press('ArrowUp');
  await expect(dialog.getByRole('radio', { name: 'In 1 hour' })).toBeChecked();
  await keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Copy', exact: true })).toBeFocused();
  await keyboard.press('Enter');
  await expect(dialog.getByText('Copied to the clipboard.')).toBeAttached();
  const renewed = withKey(server, await readClipboard());
  await tabTo(page, dialog.getByRole('button', { name: 'Done' }));
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  for (const key of [old, renewed]) expect((await key('GET', '/me')).status).toBe(200);

  await tabTo(page, menuButton);
  await keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Rotate key' })).toBeFocused();
  await keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Revoke key' })).toBeFocused();
  await keyboard.press('Enter');
  const question = page.getByRole('alertdialog');
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await expect(question).toBeHidden();
  await expect(page.getByRole('row', { name: 'billing-worker' })).toContainText('Revoked');
  expect((await renewed('GET', '/me')).status).toBe(401);

  await tabTo(page, page.getByRole('button', { name: 'Sign out' }));
  await keyboard.press('Enter');
  await expect(page.getByLabel('Email')).toBeFocused();
  expect(pointed).toBe(0);
});

test('the skip link leads past the navigation, and ? lists what else there is', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/account/profile');
  await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help).toContainText('Go to People');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

test('where the last page of a list is loaded, the keyboard goes on in its first new row', async ({ page, admin }) => {
  for (let made = 0; made < 52; made += 1) await admin('POST', '/service-accounts', { name: `program-${made}` });
  await signIn(page, ADMIN);
  await page.goto('/console/service-accounts');
  const more = page.getByRole('button', { name: 'Load more' });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(more).toBeHidden();
  await expect(page.getByText('52 service accounts shown')).toBeVisible();
  await expect(page.getByRole('row').nth(51).getByRole('link')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('row').nth(52).getByRole('link')).toBeFocused();
});
