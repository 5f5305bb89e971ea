import { ADMIN, expect, signIn } from './fixtures.ts';
import { linkMailedTo } from './mailed.ts';
import type { Tourist } from './tourist.ts';

/** What mailed links open, and the pages that ask for them. */
export async function mailTour({ page, server, admin, stop }: Tourist): Promise<void> {
  await page.goto('/reset');
  await stop('reset-ask');
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page.getByLabel('Email')).toBeFocused();
  await stop('reset-ask-error');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible();
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
  await page.getByRole('button', { name: 'Send link' }).click();
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
  await page.goto('/undo-email#abc');
  await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible();
  await stop('email-link-over');
}
