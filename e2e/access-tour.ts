import { ADMIN, expect, signIn } from './fixtures.ts';
import { withKey } from './rest.ts';
import type { Tourist } from './tourist.ts';

/** The matrix, one procedure, and what was refused. */
export async function accessTour({ page, server, admin, stop }: Tourist): Promise<void> {
  await signIn(page, ADMIN);
  await page.goto('/console/denials');
  await expect(page.getByRole('heading', { name: 'Nobody was refused anything' })).toBeVisible();
  await stop('denials-empty');
  const { body } = await admin<{ secret: string; apiKey: { id: string } }>('POST', '/api-keys', {
    name: 'nightly-export-of-everything-to-the-warehouse',
    permissions: ['users:read'],
  });
  for (const path of ['/audit', '/roles', '/api-keys']) await withKey(server, body.secret)('GET', path);
  await page.reload();
  await expect(page.getByRole('table', { name: 'Denials' })).toBeVisible();
  await stop('denials');
  await page.getByRole('link', { name: 'audit.list' }).click();
  await expect(page.getByRole('heading', { name: 'Who called' })).toBeVisible();
  await stop('denial');
  await page.goto(`/console/denials/den_${'0'.repeat(22)}`);
  await expect(page.getByRole('heading', { name: 'There is no such denial' })).toBeVisible();
  await stop('denial-gone');

  await page.goto('/console/access');
  const grid = page.getByRole('grid', { name: 'Who may call what' });
  await expect(grid).toBeVisible();
  await stop('access');
  await grid.getByRole('gridcell', { name: 'Fresh sign-in' }).first().focus();
  await stop('access-reason');
  await page.getByRole('searchbox').fill('nothing is called so');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await stop('access-nothing');
  await page.goto(`/console/access?apiKeyId=${body.apiKey.id}`);
  await expect(grid.getByRole('columnheader', { name: /nightly/ })).toBeVisible();
  await stop('access-of-a-key');
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await stop('access-export');
  await page.goto('/console/access/users.list');
  await expect(page.getByRole('table', { name: 'Roles that can call it' })).toBeVisible();
  await stop('access-of-a-procedure');
}
