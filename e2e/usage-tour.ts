import { ADMIN, expect, signIn } from './fixtures.ts';
import { withKey } from './rest.ts';
import type { Tourist } from './tourist.ts';

type Made = { apiKey: { id: string }; secret: string };

/** The page of a key that was used, limited and rotated, and that of one which nobody used. */
export async function usageTour({ page, server, admin, stop }: Tourist): Promise<void> {
  await signIn(page, ADMIN);
  const { body } = await admin<Made>('POST', '/api-keys', {
    name: 'eu-central-1.production.invoice-reconciliation-and-late-payment-reminder-worker',
    permissions: ['api_keys:read', 'users:read', 'audit:read', 'roles:read'],
    ipAllowList: ['127.0.0.0/8', '::1', '2001:db8:85a3::/48'],
    rateLimit: { limit: 9, windowSeconds: 3600 },
    quota: { limit: 10_000, per: 'month' },
  });
  const call = withKey(server, body.secret);
  for (const path of [
    '/me',
    '/users',
    '/users',
    '/roles',
    '/users?limit=0',
    '/settings',
    '/settings',
    '/me',
    '/me',
    '/me',
  ]) {
    await call('GET', path);
  }
  await admin('POST', `/api-keys/${body.apiKey.id}/rotate`, { graceSeconds: 86_400 });
  const { body: unused } = await admin<Made>('POST', '/api-keys', { name: 'unused', permissions: ['users:read'] });
  await expect(async () => {
    await page.goto(`/console/api-keys/${body.apiKey.id}?range=24h`);
    await expect(page.getByText('10 calls in the last 24 hours')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(page.getByText('would have been denied')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'old secret' })).toBeVisible();
  await page.getByText('The picture as a table').click();
  await stop('key-page');
  await page.getByRole('button', { name: 'Change limits' }).click();
  await expect(page.getByRole('dialog', { name: 'Limits of' }).getByLabel('Networks')).toBeVisible();
  await stop('key-limits');
  await page.getByRole('dialog').getByLabel('Networks').fill('the office');
  await page.getByRole('dialog').getByLabel('Quota').fill('0');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByRole('dialog').getByLabel('Networks')).toBeFocused();
  await expect(page.getByRole('dialog').getByLabel('Networks')).toHaveAccessibleDescription(
    /Use an address or a block/,
  );
  await stop('key-limits-errors');
  await page.goto(`/console/api-keys/${unused.apiKey.id}`);
  await expect(page.getByText('Nobody was seen yet.')).toBeVisible();
  await stop('key-page-unused');
  await admin('POST', `/api-keys/${unused.apiKey.id}/revoke`);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Revoked' })).toBeVisible();
  await stop('key-page-revoked');
  await page.goto(`/console/api-keys/${'0'.repeat(22)}`);
  await expect(page.getByRole('heading', { name: 'There is no such API key' })).toBeVisible();
  await stop('key-page-not-there');
  await page.goto('/console/api-keys?unused=90');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await stop('keys-unused');
}
