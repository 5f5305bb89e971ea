import { fillServer, GRACE } from './busy-server.ts';
import { ADMIN, expect, signIn } from './fixtures.ts';
import type { Tour } from './tourist.ts';

/** Taking one's data, and closing an account: somebody else's, then one's own. */
export const closingTour: Tour = async ({ page, server, admin, stop }) => {
  await fillServer(server, admin);
  await signIn(page, ADMIN);
  await page.goto('/console/people?q=grace');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Close account' }).click();
  const hers = page.getByRole('dialog', { name: 'Close the account of Grace Hopper?' });
  await expect(hers.getByLabel(`Type ${GRACE.email} to confirm`)).toBeFocused();
  await stop('close-person');
  await hers.getByLabel(`Type ${GRACE.email} to confirm`).fill(GRACE.email);
  await hers.getByRole('button', { name: 'Close account' }).click();
  await expect(page.getByText('The account of Grace Hopper is closed.')).toBeVisible();
  await page.goto('/console/audit');
  await expect(page.getByRole('table', { name: 'Audit log' })).toBeVisible();
  await stop('audit-closed-account');

  await page.goto('/account/profile');
  await page.getByRole('button', { name: 'Close account' }).click();
  const own = page.getByRole('dialog', { name: 'Close your account?' });
  await own.getByLabel(`Type ${ADMIN.email} to confirm`).fill('x');
  await own.getByRole('button', { name: 'Close account' }).click();
  await expect(own.getByLabel(`Type ${ADMIN.email} to confirm`)).toBeFocused();
  await stop('close-error');
  await own.getByLabel(`Type ${ADMIN.email} to confirm`).fill(ADMIN.email);
  await own.getByRole('button', { name: 'Close account' }).click();
  await expect(own.getByRole('alert')).toBeVisible();
  await stop('close-last-admin');
  await admin('POST', '/users', { email: 'second@example.com', password: ADMIN.password, roles: ['admin'] });
  await own.getByRole('button', { name: 'Close account' }).click();
  await expect(page.getByRole('dialog', { name: 'Your account is closed' })).toBeVisible();
  await stop('closed');
};
