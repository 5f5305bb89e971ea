import type { AccountId, ServiceAccount } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { randomId } from '../crypto/index.ts';
import { refuseToExceed, requireRoles } from '../permissions/index.ts';
import { decodeCursor, pageOf } from '../storage/index.ts';
import { addAccount, changeAccount, inOrder, requireAccount, type AccountsNeeds } from './people.ts';
import * as rows from './rows.ts';

/** Accounts without a person, which own keys. */
export function createServiceAccounts({ storage, audit, sessions, clock }: AccountsNeeds) {
  return {
    async list({ cursor, limit, q }: { cursor?: string | undefined; limit: number; q?: string | undefined }) {
      const before = decodeCursor(cursor);
      const found = await rows.listAccounts(storage.read, { kind: 'service', q }, before, limit + 1);
      return pageOf(found, limit, serviceAccountOf);
    },

    async get(id: AccountId): Promise<ServiceAccount> {
      return serviceAccountOf(await requireAccount(storage.read, id, 'service'));
    },

    async create(actor: Actor, { name, roles: given }: { name: string; roles: string[] }): Promise<ServiceAccount> {
      const roles = inOrder(given);
      refuseToExceed(actor, await requireRoles(storage.read, roles));
      const account: rows.AccountRow = {
        id: randomId('acc'),
        kind: 'service',
        email: null,
        name,
        passwordHash: null,
        passwordChangedAtMs: null,
        status: 'active',
        createdAtMs: clock(),
        lastSignInAtMs: null,
        emailVerifiedAtMs: null,
      };
      await storage.transact((tx) => addAccount(tx, audit, actor, account, roles, 'account.created'));
      return serviceAccountOf({ ...account, roles });
    },

    async update(
      actor: Actor,
      change: {
        id: AccountId;
        name?: string | undefined;
        roles?: string[] | undefined;
        disabled?: boolean | undefined;
      },
    ): Promise<ServiceAccount> {
      return storage.transact(async (tx) =>
        serviceAccountOf(await changeAccount({ tx, actor, audit, sessions }, 'service', change)),
      );
    },
  };
}

export type ServiceAccounts = ReturnType<typeof createServiceAccounts>;

function serviceAccountOf({ id, name, roles, status, createdAtMs }: rows.AccountWithRoles): ServiceAccount {
  return { id, name, roles, status: status === 'disabled' ? 'disabled' : 'active', createdAtMs };
}
