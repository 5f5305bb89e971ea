import { readFile } from 'node:fs/promises';

import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { withKey, type Rest } from './rest.ts';

const GRACE = { email: 'grace@example.com', password: 'a ship in port is safe' };

async function makeKey(admin: Rest, permissions: string[]) {
  const { body: account } = await admin<{ id: string }>('POST', '/service-accounts', {
    name: 'billing',
    roles: ['admin'],
  });
  const { body } = await admin<{ apiKey: { id: string }; secret: string }>('POST', '/api-keys', {
    name: 'billing-worker',
    accountId: account.id,
    permissions,
  });
  return body;
}

test('an admin finds who can call something, and why others can’t, by the keyboard alone', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  const grid = page.getByRole('grid', { name: 'Who may call what' });
  await expect(grid.getByRole('columnheader')).toHaveText(['Procedure', 'Not signed in', 'admin', 'auditor', 'member']);
  await page.getByRole('searchbox').fill('settings');
  await expect(page.getByRole('row')).toHaveCount(6);
  await grid.getByRole('link', { name: 'settings.get' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(
    grid.getByRole('row', { name: 'settings.update' }).getByRole('gridcell', { name: 'Fresh sign-in' }),
  ).toBeFocused();
  const reason = page.getByRole('status').filter({ hasText: 'settings.update' });
  await expect(reason).toHaveText(
    'admin can call settings.update with a sign-in in the browser, within 15 minutes of proving who they are.',
  );
  await page.keyboard.press('ArrowRight');
  await expect(reason).toHaveText("auditor can't call settings.update: it needs settings:write.");
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('settings.update');
  await expect(page.getByText('It needs settings:write, with a sign-in in the browser')).toBeVisible();
  const row = page.getByRole('table', { name: 'Roles that can call it' }).getByRole('row').last();
  await expect(row).toContainText('admin');
});

test('what a key was refused leads to what it can call, and a file of it holds no formula', async ({
  page,
  admin,
  server,
}) => {
  const { apiKey, secret } = await makeKey(admin, ['users:read']);
  await admin('POST', `/trpc/apiKeys.update`, { id: apiKey.id, name: '=HYPERLINK("x")' });
  const refused = await withKey(server, secret)<{ denialId: string }>('GET', '/audit');
  await signIn(page, ADMIN);
  await page.goto('/console/denials');
  await page.getByLabel('What was missing').selectOption('audit:read');
  await page.getByRole('link', { name: 'audit.list' }).click();
  await expect(page).toHaveURL(`/console/denials/${refused.body.denialId}`);
  await expect(page.getByText(refused.body.denialId)).toBeVisible();
  await page.getByRole('link', { name: 'What it can call' }).click();
  const grid = page.getByRole('grid', { name: 'Who may call what' });
  await expect(grid.getByRole('row', { name: 'users.list' })).toContainText('Yes');
  await expect(grid.getByRole('row', { name: 'audit.list' })).toContainText('No');
  await page.getByRole('button', { name: 'Export' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV, for a spreadsheet' }).click(),
  ]);
  const text = await readFile(await file.path(), 'utf8');
  expect(text.split('\r\n')[0]).toBe(`\uFEFFProcedure,Kind,REST,Needs,"'=HYPERLINK(""x"")"`);
  expect(text).toContain('users.list,query,GET /api/v1/users,users:read,Yes');
  for (const cell of text.split(/[,\r\n]+"?/)) expect(cell).not.toMatch(/^[=+\-@]/);
});

test('a button that is off says what it needs, and one that is on again works', async ({ page, admin }) => {
  await admin('POST', '/users', { ...GRACE, name: 'Grace', roles: ['auditor'] });
  await signIn(page, GRACE);
  await page.goto('/console/people');
  const invite = page.getByRole('button', { name: 'Invite person' });
  await expect(invite).toHaveAttribute('aria-disabled', 'true');
  await expect(invite).toHaveAccessibleDescription('This needs users:write. An admin can give you a role that has it.');
  await invite.click({ force: true });
  await expect(page.getByText('This needs users:write. An admin can give you a role that has it.')).toBeVisible();
});
