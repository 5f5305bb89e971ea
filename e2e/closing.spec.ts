import { readFile } from 'node:fs/promises';

import { ADMIN, expect, signIn, test } from './fixtures.ts';

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

test('a person takes their data, closes their account, and is gone from the list', async ({
  page,
  newBrowser,
  admin,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await signIn(page, GRACE);
  await page.goto('/account/profile');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download data' }).click();
  const file = await (await download).path();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    account: { email: GRACE.email, name: 'Grace Hopper' },
    sessions: [{}],
  });
  await page.getByRole('button', { name: 'Close account' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Close account' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const admins = await newBrowser();
  await signIn(admins, ADMIN);
  await admins.goto('/console/people');
  await expect(admins.getByRole('row', { name: ADMIN.email })).toBeVisible();
  await expect(admins.getByRole('row', { name: 'Grace Hopper' })).toBeHidden();
});
