import {
  cellOf,
  CREDENTIALS_OF_A_KEY,
  CREDENTIALS_OF_A_PERSON,
  type AccountId,
  type ApiKeyId,
  type Caller,
  type callersInput,
  type GuardDescription,
  type Role,
  type Subject,
  type WhatCanBeCalled,
} from '@latchkey/schemas';
import type * as z from 'zod/mini';

import { holds, type AccountActor } from '../actors/index.ts';
import { readPermissions, type Roles } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import { decodeCursor, pageOf, type Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import * as rows from './rows.ts';

/** Of each role's accounts, and of its keys: beyond that the answer says "or more". */
const COUNTED = 500;

type Guards = readonly GuardDescription[];

/** Who may call what, read off the guards in both directions. */
export function createAccessMatrix({ storage, roles, clock }: { storage: Storage; roles: Roles; clock: Clock }) {
  const { read } = storage;

  async function subjectOf(account: rows.AccountRow): Promise<Subject> {
    const names = await rows.rolesOf(read, account.id);
    return { ...subjectOfKind(account.kind), roles: names, permissions: await readPermissions(read, names) };
  }

  async function countRole({ name, permissions }: Role, guard: GuardDescription) {
    const accounts = await rows.someAccountsWith(read, name, COUNTED + 1);
    const keys = await rows.someKeysWith(read, name, COUNTED + 1);
    const held = new Set<string>(permissions);
    const callers = accounts.filter(
      ({ kind, status }) => status === 'active' && cellOf(guard, subjectOfRole(name, held, kind)).outcome !== 'no',
    );
    const mayKey = (key: (typeof keys)[number]) =>
      isUsable(key, clock()) &&
      cellOf(guard, {
        kind: key.kind,
        roles: [name],
        permissions: new Set(key.permissions.filter((each) => held.has(each))),
        credentials: CREDENTIALS_OF_A_KEY,
      }).outcome !== 'no';
    return {
      people: counted(callers.filter(({ kind }) => kind === 'person').length, accounts),
      serviceAccounts: counted(callers.filter(({ kind }) => kind === 'service').length, accounts),
      apiKeys: counted(keys.filter(mayKey).length, keys),
    };
  }

  return {
    /** "What can they call?" With whatever credential they may come. */
    async ofAccount(guards: Guards, actor: AccountActor, id: AccountId): Promise<WhatCanBeCalled> {
      const account = await rows.findAccount(read, id);
      if (account === null || !maySeeAccount(actor, account)) throw new Problem('not_found');
      const subject = await subjectOf(account);
      const active = account.status === 'active';
      const { kind, name } = account;
      return calledBy(
        guards,
        { kind, id, name, active, roles: [...subject.roles], permissions: [...subject.permissions] },
        subject,
      );
    },

    /** "What can this key call?" With itself, or with a token that it asks for. */
    async ofApiKey(guards: Guards, actor: AccountActor, id: ApiKeyId): Promise<WhatCanBeCalled> {
      const key = await rows.findApiKey(read, id);
      const owner = key && (await rows.findAccount(read, key.accountId));
      if (!key || !owner || !(owner.id === actor.accountId || holds(actor, 'all_api_keys:read'))) {
        throw new Problem('not_found');
      }
      const ofOwner = await subjectOf(owner);
      const permissions = key.permissions.filter((each) => ofOwner.permissions.has(each));
      const active = isUsable({ ...key, status: owner.status }, clock());
      const { name } = key;
      const holder = { kind: 'api_key' as const, id, name, active, roles: [...ofOwner.roles], permissions };
      return calledBy(guards, holder, {
        ...ofOwner,
        permissions: new Set(permissions),
        credentials: CREDENTIALS_OF_A_KEY,
      });
    },

    /** "Who can call this?" The roles that may, by name, and how many there are behind each. */
    async callers(guards: Guards, { procedure, cursor, limit }: z.output<typeof callersInput>) {
      const guard = guards.find((each) => each.procedure === procedure);
      if (guard === undefined) throw new Problem('not_found');
      const after = decodeCursor(cursor)?.id ?? '';
      const { items: all } = await roles.list();
      const found = all
        .map((role) => ({ role, cell: cellOf(guard, subjectOfRole(role.name, new Set(role.permissions), 'person')) }))
        .filter(({ role, cell }) => role.name > after && cell.outcome !== 'no')
        .toSorted((one, other) => (one.role.name < other.role.name ? -1 : 1));
      const page = pageOf(
        found,
        limit,
        (each) => each,
        ({ role }) => ({ createdAtMs: 0, id: role.name }),
      );
      const items: Caller[] = [];
      for (const { role, cell } of page.items) {
        items.push({ role: role.name, builtIn: role.builtIn, ...cell, ...(await countRole(role, guard)) });
      }
      return { guard, items, nextCursor: page.nextCursor };
    },
  };
}

export type AccessMatrix = ReturnType<typeof createAccessMatrix>;

function calledBy(guards: Guards, holder: WhatCanBeCalled['holder'], subject: Subject): WhatCanBeCalled {
  const procedures = guards.map((guard) => ({
    procedure: guard.procedure,
    ...cellOf(guard, holder.active ? subject : null),
  }));
  return { holder, procedures };
}

function subjectOfKind(kind: 'person' | 'service') {
  return { kind, credentials: kind === 'person' ? CREDENTIALS_OF_A_PERSON : CREDENTIALS_OF_A_KEY };
}

function subjectOfRole(name: string, permissions: ReadonlySet<string>, kind: 'person' | 'service'): Subject {
  return { ...subjectOfKind(kind), roles: [name], permissions };
}

function maySeeAccount(actor: AccountActor, { id, kind, status }: rows.AccountRow): boolean {
  if (status === 'closed') return false;
  return id === actor.accountId || holds(actor, kind === 'person' ? 'users:read' : 'service_accounts:read');
}

type Usable = { status: rows.AccountRow['status']; revokedAtMs: number | null; expiresAtMs: number | null };

function isUsable({ status, revokedAtMs, expiresAtMs }: Usable, nowMs: number): boolean {
  return status === 'active' && revokedAtMs === null && (expiresAtMs === null || nowMs < expiresAtMs);
}

function counted(count: number, looked: readonly unknown[]) {
  return { count, isAll: looked.length <= COUNTED };
}
