import { codeOfApp } from '@latchkey/testkit/authenticator-app';
import type { Locator, Page } from '@playwright/test';

import { ADMIN, expect, signIn, loseCookies } from './fixtures.ts';
import type { Rest } from './rest.ts';
import type { Tour } from './tourist.ts';

export const GRACE = { email: 'grace@example.com', password: 'a password of Grace' };

/** Opens what asks from when on the role requires a factor. */
export async function askToRequire(page: Page, role: string): Promise<Locator> {
  await page.goto(`/console/roles/${role}`);
  await page.getByRole('button', { name: /Require a second factor|Change the date/ }).click();
  const dialog = page.getByRole('dialog', { name: `Require a second factor for ${role}` });
  await expect(dialog.getByRole('radio', { name: 'In 14 days' })).toBeVisible();
  return dialog;
}

/** As far as the password leads somebody who has yet to set a factor up. */
export async function passwordStep(page: Page): Promise<void> {
  await page.goto('/sign-in?next=%2Faccount%2Fapi-keys');
  await page.getByLabel('Email').fill(GRACE.email);
  await page.getByLabel('Password', { exact: true }).fill(GRACE.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Set up a second factor' })).toBeFocused();
}

export async function useAnApp(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Use an authenticator app instead' }).click();
  await page.getByRole('button', { name: 'Copy secret' }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function require(admin: Rest, secondFactorFromMs: number | null): Promise<void> {
  await admin('PATCH', '/roles/member', { secondFactorFromMs });
}

/** A factor that a role requires: the role's page, the notice, and the way in after the date. */
export const requiredFactorTour: Tour = async ({ page, admin, stop }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await signIn(page, ADMIN);
  const dialog = await askToRequire(page, 'admin');
  await expect(dialog.getByText('You have this role and no second factor yet.')).toBeVisible();
  await stop('role-require-factor');
  await dialog.getByRole('radio', { name: 'On a date' }).check();
  await expect(dialog.getByLabel('First day')).toBeVisible();
  await stop('role-require-factor-date');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await require(admin, Date.now() + 14 * 86_400_000);
  await page.goto('/console/roles/member');
  await expect(page.getByText('1 person who has it has none yet.')).toBeVisible();
  await stop('role-with-factor');
  await page.goto('/console/roles');
  await expect(page.getByText(/^Required from /)).toBeVisible();
  await stop('roles-with-factor');

  await loseCookies(page);
  await signIn(page, GRACE);
  await page.goto('/account/api-keys');
  await expect(page.getByRole('link', { name: 'Set one up now' })).toBeVisible();
  await stop('factor-notice');
  await require(admin, Date.now() - 60_000);
  await page.goto('/account/api-keys');
  await expect(page.getByText('to go on.')).toBeVisible();
  // The one page that is left comes a moment after it.
  await expect(page.getByRole('heading', { name: 'Security', level: 1 })).toBeVisible();
  await stop('factor-due');

  await loseCookies(page);
  await passwordStep(page);
  await stop('enrolment-passkey');
  const secret = await useAnApp(page);
  await stop('enrolment-app');
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Add app and sign in' }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await stop('enrolment-wrong-code');
  await page.getByLabel('Code', { exact: true }).fill(codeOfApp(secret, Date.now()));
  await page.getByRole('button', { name: 'Add app and sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Save your recovery codes' })).toBeFocused();
  await stop('enrolment-codes');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await stop('enrolment-codes-not-saved');
};
