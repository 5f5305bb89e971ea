import type { Page } from '@playwright/test';

import { ADMIN, expect, signIn, test } from './fixtures.ts';

const answer = (page: Page) => page.getByLabel('Body of the answer');

async function authorize(page: Page, kind: string, text?: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.getByRole('radio', { name: kind }).check();
  if (text !== undefined) await page.getByLabel(/^(?:Key|Token)$/).fill(text);
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
}

test('a key that is typed in calls an operation, and is in no line that one copies', async ({ page, admin }) => {
  const { body } = await admin<{ secret: string }>('POST', '/api-keys', { name: 'docs', permissions: ['users:read'] });
  await page.goto('/docs#users.list');
  await authorize(page, 'An API key', body.secret);
  await page.getByLabel('q', { exact: false }).first().fill(ADMIN.email);
  const sent = page.waitForRequest('**/api/v1/users?**');
  await page.getByRole('button', { name: 'Send' }).click();
  const headers = await (await sent).allHeaders();
  expect([headers['x-api-key'], headers['cookie']]).toEqual([body.secret, undefined]);
  await expect(answer(page)).toContainText(ADMIN.email);
  const curl = page.getByText('curl', { exact: false }).filter({ hasText: '/api/v1/users?q=' });
  await expect(curl).toContainText('X-API-Key: $KEY');
  expect(await page.content()).not.toContain(body.secret);
  await page.goto('/docs#settings.get');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('permission_missing');
});

test('the session goes along only where it was chosen, and a change from elsewhere is refused', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/docs#roles.create');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('credential_missing');
  await authorize(page, 'Your session in this browser');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('log-reader');
  // Nobody but a browser writes `Origin`, so the foreign page is played by a request with this browser's cookies.
  const data = { name: 'from-elsewhere', description: 'Reads.', permissions: [] };
  const foreign = await page.request.post('/api/v1/roles', { headers: { origin: 'https://evil.example' }, data });
  expect([foreign.status(), (await foreign.json()).code]).toEqual([403, 'origin_mismatch']);
});

test('with the keyboard alone: find an operation, authorize, send', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/docs');
  await page.getByRole('searchbox', { name: 'Search operations' }).press('Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('who you are');
  const link = page.getByRole('link', { name: 'See who you are' });
  await expect(page.getByRole('navigation', { name: 'Operations' }).getByRole('link')).toHaveCount(1);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.getByRole('button', { name: 'Authorize' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: 'No credential' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Authorize' })).toBeFocused();
  await page.getByRole('button', { name: 'Send' }).focus();
  await page.keyboard.press('Enter');
  await expect(answer(page)).toContainText(ADMIN.email);
});
