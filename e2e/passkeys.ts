import type { CDPSession, Page } from '@playwright/test';

import { passwordStep } from './factors.ts';
import { ADMIN, expect, signIn, loseCookies } from './fixtures.ts';
import type { Tour } from './tourist.ts';

type Authenticator = { cdp: CDPSession; id: string };

/** Chromium's own authenticator in software, with a finger that is always there. It knows what the page made, for as long as the page lives. */
export async function withAuthenticator(page: Page): Promise<Authenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

/** Adds one, and puts its recovery codes away where it is the first. */
export async function addPasskey(page: Page, name: string, isFirst = true): Promise<void> {
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Add passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  if (isFirst) {
    const codes = page.getByRole('dialog', { name: 'Save your recovery codes' });
    await codes.getByRole('button', { name: 'Copy codes' }).click();
    await codes.getByRole('button', { name: 'Done' }).click();
  }
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
}

/** The same finger, present or not: autofill would sign in before there is anything to look at. */
export async function setFinger({ cdp, id }: Authenticator, enabled: boolean): Promise<void> {
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled });
}

export const passkeysTour: Tour = async ({ page, stop }) => {
  const authenticator = await withAuthenticator(page);
  await setFinger(authenticator, false);
  await signIn(page, ADMIN);
  await setFinger(authenticator, true);
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Add passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('Name').fill('');
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await stop('passkey-add-error');
  await addPasskey(page, 'Work laptop with a long name that somebody typed');
  await stop('security-with-passkey');
  await page.getByRole('button', { name: /^Rename Work laptop/ }).click();
  await expect(page.getByRole('dialog', { name: 'Rename passkey' })).toBeVisible();
  await stop('passkey-rename');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Remove Work laptop/ }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await stop('passkey-remove');
  await setFinger(authenticator, false);
  await loseCookies(page);
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeVisible();
  await stop('sign-in-with-passkey');
  await passwordStep(page);
  await expect(page.getByRole('button', { name: 'Use passkey' })).toBeVisible();
  await stop('second-factor-passkey');
};
