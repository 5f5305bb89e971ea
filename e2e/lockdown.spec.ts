import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { linkMailedTo } from './mailed.ts';

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

test('a person locks their account down, sees what ended, and comes back by the mailed link', async ({
  page,
  admin,
  server,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await signIn(page, GRACE);
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Lock down account' }).click();
  const question = page.getByRole('alertdialog', { name: 'Lock down your account?' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await question.getByRole('button', { name: 'Lock down account' }).click();
  const done = page.getByRole('dialog', { name: 'Your account is locked down' });
  await expect(done).toContainText('1 session ended.');
  await done.getByRole('link', { name: 'Go to sign in' }).click();
  await page.goto(await linkMailedTo(server, GRACE.email, '/reset'));
  await page.getByLabel('New password').fill('a kettle sings at four');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
});

test('an admin locks somebody down, who is thrown out', async ({ page, newBrowser, admin }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  const hers = await newBrowser();
  await signIn(hers, GRACE);
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Lock down account' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Lock down account' }).click();
  await expect(page.getByText('Grace Hopper is locked down.')).toBeVisible();
  await hers.reload();
  await expect(hers.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
