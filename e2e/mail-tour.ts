import type { Page } from '@playwright/test';

import { ADMIN, expect, signIn, loseCookies } from './fixtures.ts';
import { linkMailedTo } from './mailed.ts';
import type { Rest } from './rest.ts';
import type { Tourist } from './tourist.ts';

/** What mailed links open, and the pages that ask for them. */
export async function mailTour({ page, server, admin, stop }: Tourist): Promise<void> {
  await page.goto('/reset');
  await stop('reset-ask');
  await page.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByLabel('Email')).toBeFocused();
  await stop('reset-ask-error');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByRole('heading', { name: 'Ask for your link' })).toBeVisible();
  await stop('reset-sent');
  await page.goto(await linkMailedTo(server, ADMIN.email, '/reset'));
  await page.getByLabel('New password').fill('a ship');
  await expect(page.getByText(/guess/i)).toBeVisible();
  await stop('reset-meter');
  await page.getByLabel('New password').fill('a ship in port is safe');
  await expect(page.getByText('Very hard to guess.')).toBeVisible();
  await stop('reset');
  await page.goto('/reset#abc');
  await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
  await stop('reset-over');

  await admin('POST', '/trpc/settings.update', { signUpOpen: true });
  await page.goto('/sign-up');
  await expect(page.getByRole('heading', { name: 'Create an account' })).toBeVisible();
  await stop('sign-up-ask');
  await page.getByLabel('Email').fill('katherine@example.com');
  await page.getByRole('button', { name: 'Make link' }).click();
  await page.goto(await linkMailedTo(server, 'katherine@example.com', '/sign-up'));
  await expect(page.getByText('You will sign in as katherine@example.com.')).toBeVisible();
  await stop('sign-up');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Name')).toBeFocused();
  await stop('sign-up-errors');
  await page.goto('/sign-up#abc');
  await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
  await stop('sign-up-over');

  await signIn(page, ADMIN);
  await admin('POST', '/trpc/email.askToVerify', {});
  await page.goto(await linkMailedTo(server, ADMIN.email, '/verify-email'));
  await expect(page.getByRole('button', { name: 'Verify address' })).toBeVisible();
  await stop('verify-email');
  await page.getByRole('button', { name: 'Verify address' }).click();
  await expect(page.getByRole('heading', { name: 'Your address is verified' })).toBeVisible();
  await stop('verify-email-done');
  await lookAtUnverified(page, admin, stop);
  await page.goto('/undo-email#abc');
  await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
  await stop('email-link-over');
}

/** Where verified addresses alone come in: the setting, and who is refused by it. */
async function lookAtUnverified(page: Page, admin: Rest, stop: Tourist['stop']): Promise<void> {
  await page.goto('/console/settings');
  await page.getByRole('switch', { name: 'Verified addresses only' }).click();
  await expect(page.getByText('Only people with a verified address can sign in.')).toBeVisible();
  await stop('settings-verified-only');
  const grace = { email: 'grace@example.com', password: 'a ship in port is safe' };
  await admin('POST', '/users', grace);
  await loseCookies(page);
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(grace.email);
  await page.getByLabel('Password', { exact: true }).fill(grace.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await stop('sign-in-unverified');
}
