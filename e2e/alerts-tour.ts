import { ADMIN, expect, signIn } from './fixtures.ts';
import { signInByRest, withKey } from './rest.ts';
import type { Tourist } from './tourist.ts';

/** Alerts, and what one does when one was meant. */
export async function alertsTour({ page, server, admin, stop }: Tourist): Promise<void> {
  await signIn(page, ADMIN);
  await page.goto('/console/alerts');
  await expect(page.getByRole('heading', { name: 'Nothing needs a look' })).toBeVisible();
  await stop('alerts-empty');
  const guess = { email: 'katherine.johnson@example.com', password: 'not the password' };
  for (let tries = 0; tries < 11; tries += 1) await signInByRest(server, guess);
  await admin('POST', '/users', { email: 'dorothy@example.com', roles: ['admin'] });
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('table', { name: 'Alerts' }).getByRole('row')).toHaveCount(3, { timeout: 1_000 });
  }).toPass();
  await stop('alerts');
  await page.goto('/console');
  await expect(page.getByRole('list', { name: 'Open alerts' }).getByRole('listitem')).toHaveCount(2);
  await stop('overview-with-alerts');
  await page.goto('/console/alerts');
  await page.getByRole('link', { name: 'Somebody is guessing a password' }).click();
  await expect(page.getByRole('button', { name: 'Dismiss alert' })).toBeVisible();
  await stop('alert');
  await page.getByRole('button', { name: 'Dismiss alert' }).click();
  await expect(page.getByText('Dismissed', { exact: true })).toBeVisible();
  await stop('alert-dismissed');
  await lookAtDenied({ page, server, admin, stop });
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Lock down account' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('lock-down-question');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Lock down account' }).click();
  await expect(page.getByRole('dialog', { name: 'Your account is locked down' })).toBeVisible();
  await stop('locked-down');
}

/** A key that is refused again and again. */
async function lookAtDenied({ page, server, admin, stop }: Tourist): Promise<void> {
  const { body } = await admin<{ secret: string }>('POST', '/api-keys', { name: 'nightly export', permissions: [] });
  const program = withKey(server, body.secret);
  for (let calls = 0; calls < 51; calls += 1) await program('GET', '/users');
  await page.goto('/console/alerts');
  const row = page.getByRole('link', { name: 'Somebody is refused again and again' });
  await expect(async () => {
    await page.reload();
    await expect(row).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await row.click();
  await expect(page.getByRole('link', { name: 'nightly export' })).toBeVisible();
  await stop('alert-denied-often');
}
