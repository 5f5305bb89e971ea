import type { Page } from '@playwright/test';

import { ADMIN, expect, expectAccessible, signIn, test } from './fixtures.ts';

test.use({ clockMoves: true });

const HOUR_MS = 3_600_000;

async function rotate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Rotate keys' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate keys' }).click();
  await expect(page.getByRole('alertdialog')).toBeHidden();
}

async function kidsOf(page: Page): Promise<string[]> {
  const { keys } = (await (await page.request.get('/.well-known/jwks.json')).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}

test('an admin sees which keys sign, and lets the next ones take over', async ({ page, moveClock }) => {
  await moveClock(2 * HOUR_MS);
  await signIn(page, ADMIN);
  await page.goto('/console/settings');
  const rows = page.getByRole('table', { name: 'Signing keys' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  const [next = '', current = ''] = await kidsOf(page);
  await expect(rows.nth(1)).toContainText(next);
  await expect(rows.nth(1)).toContainText(/Next.*Signs from/);
  await expect(rows.nth(2)).toContainText(current);
  await expect(rows.nth(2)).toContainText(/Current.*Signs since/);
  await page.getByRole('button', { name: 'Rotate keys' }).click();
  await expectAccessible(page, 'the question before keys are rotated');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await rotate(page);
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(2)).toContainText(next);
  await expect(rows.nth(2)).toContainText('Current');
  await expect(rows.nth(3)).toContainText(current);
  await expect(rows.nth(3)).toContainText(/Previous.*Published until/);
  await rotate(page);
  await expect(page.getByText(/The next key signs access tokens from .* on\./).last()).toBeVisible();
  await expect(rows).toHaveCount(5);
  await expect(rows.nth(2)).toContainText(/Next.*Signs from/);
  await expect(rows.nth(3)).toContainText(next);
  await expect(rows.nth(3)).toContainText('Current');
  const soon = (await rows.nth(2).getByRole('code').innerText()).trim();
  await moveClock(1.5 * HOUR_MS);
  await page.reload();
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(2)).toContainText(soon);
  await expect(rows.nth(2)).toContainText('Current');
  await expect(rows.nth(3)).toContainText(next);
  await expect(rows.nth(3)).toContainText('Previous');
});
