import { ADMIN, expect, expectAccessible, signIn, test } from './fixtures.ts';

test('a person signs in, and no script can read what signs them in', async ({ page, context }) => {
  await signIn(page, ADMIN);
  const readable = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  expect(readable).toEqual(['', 0, 0]);
  const [cookie, ...others] = await context.cookies();
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ name: '__Host-latchkey', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
});

test('a wrong password keeps the email, and says what to do', async ({ page }) => {
  await page.goto('/sign-in');
  await expectAccessible(page);
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(page.getByLabel('Email')).toHaveValue(ADMIN.email);
});
