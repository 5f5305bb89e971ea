import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { linkMailedTo } from './mailed.ts';

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };
const NEW_PASSWORD = 'a kettle sings at four';

test('whoever forgot their password chooses a new one by mail, and is in', async ({ page, newBrowser, server }) => {
  const other = await newBrowser();
  await signIn(other, ADMIN);
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByLabel('Email')).toBeFocused();
  await page.keyboard.type(ADMIN.email);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Ask for your link' })).toBeFocused();
  const link = await linkMailedTo(server, ADMIN.email, '/reset');
  await page.goto(link);
  await expect(page).toHaveURL('/reset');
  const password = page.getByLabel('New password');
  await expect(password).toBeFocused();
  await page.keyboard.type('password1');
  await expect(page.getByText('Guessed at once.')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(password).toHaveAccessibleDescription(/Attackers try this password first\./);
  await password.fill(NEW_PASSWORD);
  await expect(page.getByText('Very hard to guess.')).toBeVisible();
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();

  await other.reload();
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signIn(other, { email: ADMIN.email, password: NEW_PASSWORD });
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'This link is over' })).toBeVisible();
  await other.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(other.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
});

test('a person verifies their address, changes it, and the old one takes it back', async ({
  page,
  newBrowser,
  server,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/account/profile');
  await page.getByRole('button', { name: 'Make link to verify' }).click();
  await expect(page.getByText(`The link for ${ADMIN.email} is in the outbox of the server.`)).toBeVisible();
  const mailbox = await newBrowser();
  await mailbox.goto(await linkMailedTo(server, ADMIN.email, '/verify-email'));
  await mailbox.getByRole('button', { name: 'Verify address' }).click();
  await expect(mailbox.getByRole('heading', { name: 'Your address is verified' })).toBeFocused();
  await page.reload();
  await expect(page.getByText('Verified', { exact: true })).toBeVisible();

  await page.getByLabel('New email address').fill('elsewhere@example.com');
  await page.getByRole('button', { name: 'Change address' }).click();
  await expect(page.getByText('The link for elsewhere@example.com is in the outbox of the server.')).toBeVisible();
  await mailbox.goto(await linkMailedTo(server, 'elsewhere@example.com', '/change-email'));
  await mailbox.getByRole('button', { name: 'Use this address' }).click();
  await expect(mailbox.getByRole('heading', { name: 'Your address is changed' })).toBeFocused();
  await page.reload();
  await expect(page.getByRole('main').getByText('elsewhere@example.com')).toBeVisible();

  await mailbox.goto(await linkMailedTo(server, ADMIN.email, '/undo-email'));
  await mailbox.getByRole('button', { name: 'Take my address back' }).click();
  await expect(mailbox.getByRole('heading', { name: 'Your address is back' })).toBeFocused();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('where verified addresses alone come in, a person verifies theirs by the link that signing in mails', async ({
  page,
  newBrowser,
  admin,
  server,
}) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace Hopper' });
  await signIn(page, ADMIN);
  await page.goto('/console/settings');
  const verifiedOnly = page.getByRole('switch', { name: 'Verified addresses only' });
  await verifiedOnly.click();
  await expect(page.getByText('Verify your own email address in your profile first.')).toBeVisible();
  await admin('POST', '/trpc/email.askToVerify', {});
  await page.goto(await linkMailedTo(server, ADMIN.email, '/verify-email'));
  await page.getByRole('button', { name: 'Verify address' }).click();
  await expect(page.getByRole('heading', { name: 'Your address is verified' })).toBeVisible();
  await page.goto('/console/settings');
  await verifiedOnly.click();
  await expect(page.getByText('Only people with a verified address can sign in.')).toBeVisible();

  const hers = await newBrowser();
  await hers.goto('/sign-in');
  await hers.getByLabel('Email').fill(GRACE.email);
  await hers.getByLabel('Password', { exact: true }).fill(GRACE.password);
  await hers.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(hers.getByRole('alert')).toBeFocused();
  await expect(hers.getByRole('alert')).toContainText("Your email address isn't verified.");
  await hers.goto(await linkMailedTo(server, GRACE.email, '/verify-email'));
  await hers.getByRole('button', { name: 'Verify address' }).click();
  await expect(hers.getByRole('heading', { name: 'Your address is verified' })).toBeVisible();
  await signIn(hers, GRACE);
});
