import type { DescribedPermission, PermissionName } from '@latchkey/schemas';
import { expect, it } from 'vitest';

import { permissionGroups } from './permission-groups.ts';

const described = (name: PermissionName): DescribedPermission => ({ name, description: `May ${name}.` });
const CATALOGUE = [
  { name: 'Latchkey', permissions: ['users:read', 'users:write', 'audit:read'] as const },
  { name: 'Notes', permissions: ['notes:read', 'boards:write'] as const },
  { name: 'Empty', permissions: [] },
].map(({ name, permissions }) => ({ name, permissions: permissions.map(described) }));

it('permissions are grouped by resource, and Latchkey’s own by what they are about', () => {
  const names = permissionGroups(CATALOGUE).map(({ title, permissions }) => [
    title,
    permissions.map(({ name }) => name),
  ]);
  expect(names).toEqual([
    ['People', ['users:read', 'users:write']],
    ['Audit log', ['audit:read']],
    ['Notes', ['notes:read', 'boards:write']],
  ]);
});

it('a group of which nothing matches is left out', () => {
  const groups = permissionGroups(CATALOGUE, ({ name }) => name.endsWith(':write'));
  expect(groups.map(({ title }) => title)).toEqual(['People', 'Notes']);
});
