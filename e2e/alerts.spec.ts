import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { signInByRest } from './rest.ts';

test('an admin sees that somebody guesses, what it means, and acknowledges it', async ({ page, server }) => {
  await signIn(page, ADMIN);
  const guess = { email: 'katherine@example.com', password: 'not the password' };
  for (let tries = 0; tries < 11; tries += 1) await signInByRest(server, guess);
  await page.getByRole('link', { name: 'Alerts', exact: true }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row', { name: 'Somebody is guessing a password' })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.getByRole('link', { name: 'Overview' }).click();
  const open = page.getByRole('list', { name: 'Open alerts' });
  await open.getByRole('link', { name: 'Somebody is guessing a password' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Somebody is guessing a password' })).toBeVisible();
  await expect(page.getByText('katherine@example.com')).toBeVisible();
  await expect(page.getByRole('table', { name: 'What was seen' }).getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Acknowledge alert' }).click();
  await expect(page.getByText(`by ${ADMIN.email}`)).toBeVisible();
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByText('None. Nothing needs a look.')).toBeVisible();
  await page.getByRole('link', { name: 'Alerts', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Nothing needs a look' })).toBeVisible();
  await page.getByLabel('Status').selectOption('Acknowledged');
  await expect(page).toHaveURL(/status=acknowledged/);
  await expect(page.getByRole('row', { name: 'Somebody is guessing a password' })).toBeVisible();
});
