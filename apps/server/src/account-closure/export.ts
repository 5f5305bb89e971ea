import type { AccountId, exportedAccount } from '@latchkey/schemas';
import type * as z from 'zod/mini';

import { requireWithin, targetOf } from '../accounts/index.ts';
import type { AccountActor } from '../actors/index.ts';
import type { ApiKeys } from '../api-keys/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Devices } from '../devices/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';

const READ_AT_ONCE = 100;
/** The newest; a person who did more asks an admin for the log. */
const ENTRIES_AT_MOST = 5_000;

export type ExportNeeds = {
  storage: Storage;
  audit: Audit;
  sessions: Sessions;
  devices: Devices;
  apiKeys: ApiKeys;
  clock: Clock;
};

type Page<Item> = { items: Item[]; nextCursor: string | null };

async function every<Item>(
  list: (cursor: string | undefined) => Promise<Page<Item>>,
  atMost = Infinity,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list(cursor);
    items.push(...page.items);
    if (page.nextCursor === null || items.length >= atMost) return items;
    cursor = page.nextCursor;
  }
}

/** Everything that is kept about a person, but for what would open their account. */
export function createExport({ storage, audit, sessions, devices, apiKeys, clock }: ExportNeeds) {
  const entries = (filter: { actorId: AccountId } | { targetId: AccountId }) =>
    every((cursor) => audit.list({ ...filter, cursor, limit: READ_AT_ONCE }), ENTRIES_AT_MOST);

  return {
    async exportAccount(actor: AccountActor, id: AccountId): Promise<z.input<typeof exportedAccount>> {
      const account = await storage.transact(async (tx) => {
        const found = await requireWithin(tx, actor, id, 'person');
        await audit.record(tx, actor, 'account.exported', { target: targetOf(found) });
        return found;
      });
      const { email, name, roles, status, createdAtMs, lastSignInAtMs, emailVerifiedAtMs } = account;
      const [did, happened] = await Promise.all([entries({ actorId: id }), entries({ targetId: id })]);
      const activity = new Map([...did, ...happened].map((entry) => [entry.number, entry]));
      return {
        exportedAtMs: clock(),
        account: { id, email: email ?? '', name, roles, status, createdAtMs, lastSignInAtMs, emailVerifiedAtMs },
        sessions: (await sessions.list(id, null)).items,
        devices: await devices.list(id),
        apiKeys: await every((cursor) => apiKeys.list(actor, { accountId: id, cursor, limit: READ_AT_ONCE })),
        activity: [...activity.values()].toSorted((one, other) => other.number - one.number),
      };
    },
  };
}

export type Export = ReturnType<typeof createExport>;
