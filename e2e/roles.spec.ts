import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { withKey } from './rest.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };

test('a role that is edited in one browser changes what another browser and a key may do on their next call', async ({
  page,
  server,
  admin,
  newBrowser,
}) => {
  await admin('POST', '/roles', { name: 'support', description: 'Helps people', permissions: ['users:read'] });
  await admin('POST', '/users', { ...ADA, name: 'Ada', roles: ['support'] });
  const { body: account } = await admin<{ id: string }>('POST', '/service-accounts', {
    name: 'nightly-export',
    roles: ['support'],
  });
  const { body } = await admin<{ secret: string }>('POST', '/api-keys', {
    name: 'export',
    accountId: account.id,
    permissions: ['users:read'],
  });
  const key = withKey(server, body.secret);
  const other = await newBrowser();
  await signIn(other, ADA);
  await other.goto('/console/people');
  await expect(other.getByRole('row', { name: 'Ada' })).toBeVisible();
  expect((await key('GET', '/users')).status).toBe(200);

  await signIn(page, ADMIN);
  await page.goto('/console/roles');
  await page.getByRole('link', { name: 'support' }).click();
  await page.getByRole('button', { name: 'Edit role' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit support' });
  await dialog.getByRole('checkbox', { name: 'users:read' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'audit:read' }).check();
  await expect(dialog.getByText('1 person, 1 service account, and 1 API key lose users:read.')).toBeVisible();
  await expect(dialog.getByText('1 person and 1 service account gain audit:read.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Save role' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Read the audit log.')).toBeVisible();

  expect((await key('GET', '/users')).status).toBe(403);
  await other.reload();
  await expect(other.getByRole('heading', { name: "Your role doesn't open this page" })).toBeVisible();
  await other.goto('/console/audit');
  await expect(other.getByRole('table', { name: 'Audit log' })).toBeVisible();
});

test('a resource is registered, its permission given to a role and a key, and taken from both', async ({
  page,
  server,
  admin,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/console/resources');
  await expect(page.getByRole('button', { name: 'Register resource' })).toBeVisible();
  await page.keyboard.press('c');
  const registering = page.getByRole('dialog', { name: 'Register a resource' });
  await registering.getByLabel('Name').fill('Notes');
  await registering.getByLabel('Address').fill('notes');
  await expect(registering.getByText('Use a URL, such as https://notes.example.com.')).toBeVisible();
  await registering.getByLabel('Address').fill('https://Notes.example.com/');
  await expect(registering.getByText('Tokens for it say aud: https://notes.example.com')).toBeVisible();
  await registering.getByLabel('Permission', { exact: true }).fill('notes:read');
  await registering.getByLabel('What it lets one do').fill('Read notes.');
  await registering.getByRole('button', { name: 'Register resource' }).click();
  await expect(page.getByRole('row', { name: 'Notes' })).toBeVisible();

  await admin('POST', '/roles', { name: 'reader', description: 'Reads', permissions: ['notes:read'] });
  await page.goto('/account/api-keys');
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const making = page.getByRole('dialog');
  await making.getByLabel('Name').fill('notes-worker');
  await making.getByText('Choose', { exact: true }).click();
  await expect(making.getByRole('group', { name: 'Notes' })).toBeVisible();
  await making.getByRole('checkbox', { name: 'notes:read' }).check();
  await making.getByRole('button', { name: 'Create key' }).click();
  const shown = page.getByRole('dialog', { name: 'Copy your key now' });
  await shown.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(shown.getByRole('status').first()).toHaveText('Copied to the clipboard.');
  const key = withKey(server, await page.evaluate(() => navigator.clipboard.readText()));
  await shown.getByRole('button', { name: 'Done' }).click();
  const permissionsOfKey = async () => (await key<{ permissions: string[] }>('GET', '/me')).body.permissions;
  expect(await permissionsOfKey()).toContain('notes:read');

  await page.goto('/console/resources');
  await page.getByRole('link', { name: 'Notes' }).click();
  await page.getByRole('button', { name: 'Edit resource' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit Notes' });
  await editing.getByRole('button', { name: 'Take away permission 1' }).click();
  await expect(editing.getByText('1 role (reader) and 1 API key lose it.')).toBeVisible();
  await editing.getByRole('button', { name: 'Save and take away' }).click();
  await expect(editing).toBeHidden();
  await expect(page.getByText('It brings none yet.')).toBeVisible();
  expect(await permissionsOfKey()).not.toContain('notes:read');
});
