import { fillServer } from './busy-server.ts';
import { ADMIN, expect, signIn } from './fixtures.ts';
import type { Tour, Tourist } from './tourist.ts';

const NOTES = {
  name: 'Notes',
  audience: 'https://notes.example.com',
  permissions: [
    { name: 'notes:read', description: 'Read notes.' },
    { name: 'notes:write', description: 'Write, share and delete notes.' },
  ],
};

async function begin({ page, server, admin }: Tourist): Promise<void> {
  await fillServer(server, admin);
  await admin('POST', '/resources', NOTES);
  await admin('PATCH', '/roles/support', { permissions: ['users:read', 'notes:read'] });
  await signIn(page, ADMIN);
}

/** Roles, their dialogs, and what these say before anything is saved. */
export const rolesTour: Tour = async (tourist) => {
  const { page, stop } = tourist;
  await begin(tourist);
  await page.goto('/console/roles');
  await expect(page.getByRole('table', { name: 'Roles' })).toBeVisible();
  await stop('roles');
  await page.getByLabel('Compare', { exact: true }).selectOption('support');
  await page.getByLabel('With', { exact: true }).selectOption('auditor');
  await expect(page.getByRole('heading', { name: 'Only auditor' })).toBeVisible();
  await stop('roles-compared');
  await page.getByRole('button', { name: 'Create role' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
  await stop('role-create-errors');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'admin', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Who has it' })).toBeVisible();
  await stop('role-built-in');
  await page.goto('/console/roles/support');
  await expect(page.getByRole('table', { name: 'Who has it' })).toBeVisible();
  await stop('role');
  await page.getByRole('button', { name: 'Edit role' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit support' });
  await dialog.getByRole('checkbox', { name: 'notes:read' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'audit:read' }).check();
  await expect(dialog.getByText('1 person gains audit:read.')).toBeVisible();
  await stop('role-edit');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove role' }).click();
  await expect(page.getByRole('alertdialog').getByText('1 person loses')).toBeVisible();
  await stop('role-remove');
  await page.goto('/console/roles/nobody');
  await expect(page.getByRole('heading', { name: 'There is no such role' })).toBeVisible();
  await stop('role-not-there');
};

/** The same of resources. */
export const resourcesTour: Tour = async (tourist) => {
  const { page, stop } = tourist;
  await begin(tourist);
  await page.goto('/console/resources');
  await expect(page.getByRole('row', { name: 'Notes' })).toBeVisible();
  await stop('resources');
  await page.getByRole('button', { name: 'Register resource' }).click();
  const registering = page.getByRole('dialog', { name: 'Register a resource' });
  await registering.getByLabel('Address').fill('notes.example.com');
  await registering.getByRole('button', { name: 'Register resource' }).click();
  await expect(registering.getByLabel('Name')).toBeFocused();
  await stop('resource-create-errors');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Notes' }).click();
  await expect(page.getByText('Write, share and delete notes.')).toBeVisible();
  await stop('resource');
  await page.getByRole('button', { name: 'Edit resource' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit Notes' });
  await editing.getByRole('button', { name: 'Take away permission 1' }).click();
  await expect(editing.getByText('1 role (support) loses it.')).toBeVisible();
  await stop('resource-edit');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove resource' }).click();
  await expect(page.getByRole('alertdialog').getByText('1 role (support)')).toBeVisible();
  await stop('resource-remove');
};
