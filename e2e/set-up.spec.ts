import type { Page } from '@playwright/test';

import { ADMIN, expect, test } from './fixtures.ts';
import { copyAndLeave } from './key-dialog.ts';
import { withKey } from './rest.ts';

test.use({ hasAdmin: false });

async function createAdmin(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Create admin' }).click();
}

test('the printed link makes the first admin, who makes the first key, which works', async ({ page, server }) => {
  await page.goto(await server.setupLink());
  await expect(page).toHaveURL('/setup');
  await createAdmin(page);

  const dialog = page.getByRole('dialog', { name: 'Create API key' });
  await expect(dialog.getByLabel('Name')).toHaveValue('my-first-key');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const secret = await copyAndLeave(page, 'Copy your key now');
  await expect(page.getByRole('row', { name: 'my-first-key' })).toContainText('Active');

  const me = await withKey(server, secret)('GET', '/me');
  expect(me).toMatchObject({ status: 200, body: { email: ADMIN.email, credential: { kind: 'api_key' } } });
});

test('the page of the first key waits for its first request, and says that it works', async ({ page, server }) => {
  await page.goto(await server.setupLink());
  await createAdmin(page);
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('tab', { name: 'curl' }).click();
  const panel = page.getByRole('tabpanel', { name: 'curl' });
  await expect(panel).toContainText('waiting for the first request');
  await panel.getByRole('button', { name: 'Copy', exact: true }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const [, secret = '', url] = /^curl -H "X-API-Key: (\S+)" (\S+)$/.exec(command) ?? [];
  expect(url).toBe(`${server.url}/api/v1/me`);
  expect((await withKey(server, secret)('GET', '/me')).status).toBe(200);
  await expect(panel).toContainText('It works.');
  await page.getByRole('button', { name: 'Done' }).click();
});

test('a used set-up link says so, and leads to the sign-in', async ({ page, newBrowser, server }) => {
  const link = await server.setupLink();
  await page.goto(link);
  await createAdmin(page);
  await expect(page.getByRole('dialog', { name: 'Create API key' })).toBeVisible();

  const other = await newBrowser();
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'Set-up is done' })).toBeVisible();
  await other.getByRole('link', { name: 'Sign in' }).click();
  await expect(other.getByLabel('Email')).toBeFocused();
});

test('a half-copied set-up link says what to do, and so does the sign-in page', async ({ page }) => {
  await page.goto('/setup#abc');
  await expect(page.getByText('it prints a new link as long as there is no admin')).toBeVisible();
  await page.goto('/sign-in');
  await expect(page.getByText('Open the set-up link that it printed when it started.')).toBeVisible();
});
