import { readOutbox } from '@latchkey/testkit/outbox';

import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { linkMailedTo } from './mailed.ts';

test('an admin invites a person, who chooses a password and is a member without a console', async ({
  page,
  newBrowser,
  server,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/console/people');
  await page.getByRole('button', { name: 'Invite person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email').fill('grace@example.com');
  await dialog.getByRole('button', { name: 'Invite person' }).click();
  await expect(dialog.getByRole('button', { name: 'Copy link' })).toBeFocused();
  const link = (await dialog.getByText(`${server.url}/invitation#`).innerText()).trim();
  expect(readOutbox(server.outboxDir, 'grace@example.com')).toEqual([expect.stringContaining(link)]);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('row', { name: 'grace@example.com' })).toContainText('Invited');

  const hers = await newBrowser();
  await hers.goto(link);
  await expect(hers).toHaveURL('/invitation');
  await expect(hers.getByText('You will sign in as grace@example.com.')).toBeVisible();
  await hers.getByLabel('Name').fill('Grace Hopper');
  await hers.getByLabel('Password', { exact: true }).fill('a ship in port is safe');
  await hers.getByRole('button', { name: 'Accept invitation' }).click();
  const pages = hers.getByRole('navigation', { name: 'Pages' });
  await expect(pages.getByRole('heading', { name: 'Account' })).toBeVisible();
  await expect(pages.getByRole('heading', { name: 'Console' })).toBeHidden();

  await hers.goto('/console/people');
  await expect(hers.getByRole('heading', { name: "Your role doesn't open this page" })).toBeVisible();
  await expect(hers.getByText('It needs users:read. An admin can give you a role that has it.')).toBeVisible();

  await page.reload();
  await expect(page.getByRole('row', { name: 'Grace Hopper' })).toContainText('Active');
  const another = await newBrowser();
  await another.goto(link);
  await expect(another.getByRole('heading', { name: 'This invitation is over' })).toBeVisible();
});

test('a password that is too short is refused at its field, and the link still works', async ({ page, admin }) => {
  const { body } = await admin<{ invitationLink: string }>('POST', '/users', { email: 'grace@example.com' });
  await page.goto(body.invitationLink);
  await page.getByLabel('Name').fill('Grace Hopper');
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('short');
  await page.getByRole('button', { name: 'Accept invitation' }).click();
  await expect(password).toBeFocused();
  await expect(password).toHaveAccessibleDescription(/Use at least 8 characters\./);
  await password.fill('a ship in port is safe');
  await page.getByRole('button', { name: 'Accept invitation' }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
});

test('whoever may not sign up is told so; when an admin opens it, they come in as a member', async ({
  page,
  newBrowser,
  server,
}) => {
  const theirs = await newBrowser();
  await theirs.goto('/sign-up');
  await expect(theirs.getByRole('heading', { name: 'Sign-up is closed' })).toBeVisible();

  await signIn(page, ADMIN);
  await page.goto('/console/settings');
  await page.getByRole('switch', { name: 'Open sign-up' }).click();
  await expect(page.getByText('Sign-up is open.')).toBeVisible();

  await theirs.goto('/sign-in');
  await theirs.getByRole('link', { name: 'Create an account' }).click();
  await theirs.getByLabel('Email').fill('katherine@example.com');
  await theirs.getByRole('button', { name: 'Make link' }).click();
  await expect(theirs.getByRole('heading', { name: 'Ask for your link' })).toBeFocused();
  await theirs.goto(await linkMailedTo(server, 'katherine@example.com', '/sign-up'));
  await expect(theirs.getByText('You will sign in as katherine@example.com.')).toBeVisible();
  await theirs.getByLabel('Name').fill('Katherine Johnson');
  await theirs.getByLabel('Password', { exact: true }).fill('counting everything twice');
  await theirs.getByRole('button', { name: 'Create account' }).click();
  await expect(theirs.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await page.goto('/console/people');
  await expect(page.getByRole('row', { name: 'Katherine Johnson' })).toContainText('member');
});
