import type { CDPSession, Page } from '@playwright/test';

import { passwordStep } from './factors.ts';
import { ADMIN, expect, signIn, test } from './fixtures.ts';

const QUARTER_MS = 16 * 60_000;

/** Chromium's own authenticator in software, with a finger that is always there. It knows what the page made, for as long as the page lives. */
async function withAuthenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
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

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Pages' });

/** Adds one, and puts its recovery codes away where it is the first. */
async function addPasskey(page: Page, name: string, isFirst = true): Promise<void> {
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

test('a passkey signs in by the autofill of the email field, by its button, and after the password; removed, it does not', async ({
  page,
}) => {
  const { cdp, id } = await withAuthenticator(page);
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: false });
  await signIn(page, ADMIN);
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: true });
  await addPasskey(page, 'Work laptop');

  await page.context().clearCookies();
  await page.goto('/sign-in');
  await expect(navigation(page)).toBeVisible();

  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: false });
  await page.context().clearCookies();
  await passwordStep(page);
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: true });
  await page.getByRole('button', { name: 'Use passkey' }).click();
  await expect(navigation(page)).toBeVisible();

  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Rename Work laptop' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename passkey' });
  await rename.getByLabel('Name').fill('Old laptop');
  await rename.getByRole('button', { name: 'Rename passkey' }).click();
  await page.getByRole('button', { name: 'Remove Old laptop' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Old laptop', exact: true })).toBeHidden();

  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText("That passkey didn't work here.");
  await expect(navigation(page)).toBeHidden();
});

test.describe('after a quarter of an hour', () => {
  test.use({ clockMoves: true });

  test('a passkey confirms in place that it’s still the same person, and the act goes on', async ({
    page,
    moveClock,
  }) => {
    const { cdp, id } = await withAuthenticator(page);
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: false });
    await signIn(page, ADMIN);
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: true });
    await addPasskey(page, 'Work laptop');
    await moveClock(QUARTER_MS);
    await page.getByRole('button', { name: 'Make new codes' }).click();
    const question = page.getByRole('dialog', { name: "Confirm it's you" });
    await question.getByRole('button', { name: 'Use passkey' }).click();
    await expect(page.getByRole('dialog', { name: 'Save your recovery codes' })).toBeVisible();
  });
});
