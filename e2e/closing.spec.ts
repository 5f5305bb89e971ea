import { readFile } from 'node:fs/promises';

import { ADMIN, expect, signIn, test } from './fixtures.ts';

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

test('a person takes their data, closes their account, and nothing opens it any more', async ({ page, admin }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await signIn(page, GRACE);
  await page.goto('/account/profile');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download my data' }).click();
  const file = await (await download).path();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    format: 'latchkey.account.1',
    account: { email: GRACE.email, name: 'Grace Hopper' },
    sessions: [{}],
  });
  await page.getByRole('button', { name: 'Close account' }).click();
  const dialog = page.getByRole('dialog', { name: 'Close your account?' });
  const typed = dialog.getByLabel(`Type ${GRACE.email} to confirm`);
  await expect(typed).toBeFocused();
  await typed.fill('somebody@example.com');
  await page.keyboard.press('Enter');
  await expect(typed).toHaveAccessibleDescription("That isn't the account's email address.");
  await typed.fill(GRACE.email);
  await page.keyboard.press('Enter');
  const done = page.getByRole('dialog', { name: 'Your account is closed' });
  await done.getByRole('link', { name: 'Go to sign in' }).click();
  await page.getByLabel('Email').fill(GRACE.email);
  await page.getByLabel('Password', { exact: true }).fill(GRACE.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText("That email and password don't match.");
});

test('an admin closes somebody’s account, who is gone from the list and nameless in the audit log', async ({
  page,
  newBrowser,
  admin,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const hers = await newBrowser();
  await signIn(hers, GRACE);
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Close account' }).click();
  const dialog = page.getByRole('dialog', { name: 'Close the account of Grace Hopper?' });
  await dialog.getByLabel(`Type ${GRACE.email} to confirm`).fill(GRACE.email);
  await dialog.getByRole('button', { name: 'Close account' }).click();
  await expect(page.getByText('The account of Grace Hopper is closed.')).toBeVisible();
  await expect(page.getByRole('row', { name: ADMIN.email })).toBeVisible();
  await expect(page.getByRole('row', { name: GRACE.email })).toBeHidden();
  await page.goto('/console/audit');
  const entries = page.getByRole('table', { name: 'Audit log' });
  await expect(entries.getByRole('row', { name: /Closed an account.*Closed account/ })).toBeVisible();
  await expect(entries.getByText(GRACE.email)).toBeHidden();
  await hers.reload();
  await expect(hers.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
