import type { PermissionName, Role } from '@latchkey/schemas';
import { expect, it } from 'vitest';

import { differenceOf } from './role-difference.ts';

const role = (...permissions: PermissionName[]): Role => ({
  name: 'role',
  description: '',
  permissions,
  builtIn: false,
  secondFactorFromMs: null,
});

it('two roles differ in what only one of them allows, whichever comes first', () => {
  const [support, audit] = [role('users:read', 'users:write'), role('audit:read', 'users:read')];
  const difference = { only: ['users:write'], both: ['users:read'], onlyOther: ['audit:read'] };
  expect(differenceOf(support, audit)).toEqual(difference);
  expect(differenceOf(audit, support)).toEqual({
    only: ['audit:read'],
    both: ['users:read'],
    onlyOther: ['users:write'],
  });
  expect(differenceOf(support, support)).toMatchObject({ only: [], onlyOther: [] });
});
