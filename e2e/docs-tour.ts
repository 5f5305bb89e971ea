import { ADMIN, expect, signIn } from './fixtures.ts';
import type { Tour } from './tourist.ts';

/** The documentation of the REST interface, for a stranger and for somebody who is signed in. */
export const docs: Tour = async ({ page, stop }) => {
  await page.goto('/docs');
  await expect(page.getByRole('heading', { name: 'REST API' })).toBeVisible();
  await stop('docs');
  await page.getByRole('searchbox', { name: 'Search operations' }).fill('nothing like it');
  await expect(page.getByText('No operation has')).toBeVisible();
  await stop('docs-nothing-found');
  await page.goto('/docs#apiKeys.create');
  await expect(page.getByRole('heading', { name: 'Make an API key' })).toBeVisible();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByLabel('Body of the answer')).toContainText('credential_missing');
  await stop('docs-refused');
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.getByRole('radio', { name: 'An API key' }).check();
  await page.getByLabel('Key', { exact: true }).fill('lk_nonsense');
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await stop('docs-authorize-refused');
  await signIn(page, ADMIN);
  await page.goto('/docs#me.get');
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.getByRole('radio', { name: 'Your session in this browser' }).check();
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByLabel('Body of the answer')).toContainText(ADMIN.email);
  await stop('docs-answered');
  await page.route('/api/v1/openapi.json', (route) => route.fulfill({ status: 429 }));
  await page.reload();
  await expect(page.getByRole('heading', { name: "The documentation can't be shown" })).toBeVisible();
  await stop('docs-error');
  await page.unrouteAll();
};
