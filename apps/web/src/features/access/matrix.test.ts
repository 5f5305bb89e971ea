import { BUILT_IN_ROLES, type GuardDescription, type Role } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { cellReason, cellText } from './access-words.ts';
import { matrixCsv, matrixJson } from './matrix-export.ts';
import { holderColumn, matching, roleColumns } from './matrix.ts';

const guard = (procedure: string, change: Partial<GuardDescription> = {}): GuardDescription => ({
  procedure,
  kind: 'query',
  rest: null,
  rung: 'permitted',
  demands: 'users:read',
  credentials: ['session', 'access_token', 'api_key'],
  freshWithinMs: null,
  ...change,
});
const list = guard('users.list', { rest: 'GET /api/v1/users' });
const create = guard('keys.create', { demands: 'api_keys:write', credentials: ['session', 'access_token'] });
const settings = guard('settings.update', {
  demands: 'settings:write',
  credentials: ['session'],
  freshWithinMs: 900_000,
});
const open = guard('server.info', { rung: 'open', demands: null, credentials: [] });
const guards = [list, create, settings, open];
const role = (name: 'admin' | 'member'): Role => ({
  name,
  description: '',
  permissions: [...BUILT_IN_ROLES[name].permissions],
  builtIn: true,
  secondFactorFromMs: null,
});
const columns = roleColumns([role('admin'), role('member')]);
const texts = (each: GuardDescription) => columns.map((column) => cellText(column.cellOf(each)));
const reason = (each: GuardDescription, place: number) =>
  cellReason(columns[place]!.cellOf(each), each, columns[place]!.who);

describe('a cell', () => {
  it('says yes, no, only fresh, or only with these credentials', () => {
    expect(guards.map(texts)).toEqual([
      ['No', 'Yes', 'No: users:read'],
      ['No', 'Browser, token', 'Browser, token'],
      ['No', 'Fresh sign-in', 'No: settings:write'],
      ['Yes', 'Yes', 'Yes'],
    ]);
  });

  it('has its reason in a sentence', () => {
    expect(reason(list, 2)).toBe("member can't call users.list: it needs users:read.");
    expect(reason(create, 1)).toBe('admin can call keys.create with a sign-in in the browser or an access token.');
    expect(reason(settings, 1)).toBe(
      'admin can call settings.update with a sign-in in the browser, within 15 minutes of proving who they are.',
    );
    expect(reason(list, 0)).toBe(
      "Somebody who isn't signed in can't call users.list: it takes a sign-in in the browser, an access token or an API key.",
    );
  });
});

it('the search finds every word, in name, address or need', () => {
  const found = (q: string) => matching(guards, q).map(({ procedure }) => procedure);
  expect(found('USERS')).toEqual(['users.list']);
  expect(found('api/v1 list')).toEqual(['users.list']);
  expect(found(':write')).toEqual(['keys.create', 'settings.update']);
  expect(found('users create')).toEqual([]);
});

describe('an export', () => {
  it('holds what is shown', () => {
    const [head, first] = matrixCsv({ columns, guards }).split('\r\n');
    expect(head).toBe('Procedure,Kind,REST,Needs,Not signed in,admin,member');
    expect(first).toBe('users.list,query,GET /api/v1/users,users:read,No,Yes,No: users:read');
    const { procedures } = JSON.parse(matrixJson({ columns, guards })) as { procedures: { callers: object[] }[] };
    expect(procedures.map(({ callers }) => callers.length)).toEqual([3, 3, 3, 3]);
    expect(procedures[0]?.callers[2]).toMatchObject({ caller: 'member', outcome: 'no', missing: 'users:read' });
  });

  it('has no cell that a spreadsheet would run', () => {
    for (const name of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
      const holder = { kind: 'api_key' as const, id: 'k', name, active: true, roles: [], permissions: [] };
      const csv = matrixCsv({ columns: [holderColumn({ holder, procedures: [] })], guards });
      expect(csv).not.toMatch(/(^|[,\n]"?)[=+\-@\t\r]/);
    }
  });
});
