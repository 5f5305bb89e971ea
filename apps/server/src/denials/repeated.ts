import type { AccountId } from '@latchkey/schemas';

import { keyOf, type AccountActor, type Actor, type Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { networkOf, type RateLimits } from '../rate-limits/index.ts';
import type { Tx } from '../storage/index.ts';
import { MINUTE_MS } from '../time/index.ts';

/** More than a page causes, and what a program causes that asks every ten seconds. */
const UNREMARKABLE = 50;
const WITHIN_MS = 10 * MINUTE_MS;
/** Between two writes. Of more callers at once those who came first are counted. */
const COUNTED_AT_ONCE = 1_000;

type Caller = {
  target: { kind: string; id: string; name: string | null };
  actor: Actor;
  /** Null for a stranger. */
  accountId: AccountId | null;
  code: string;
  count: number;
};

/**
 * Tells the audit of a caller who is refused again and again, once in ten minutes each. What is counted is gathered here and
 * added up in the database, so that it holds over instances and a storm of refusals is one write a second.
 */
export function createRepeated({ audit, rateLimits }: { audit: Audit; rateLimits: RateLimits }) {
  let callers = new Map<string, Caller>();

  function add(key: string, caller: Caller): void {
    const { count = 0 } = callers.get(key) ?? {};
    if (count > 0 || callers.size < COUNTED_AT_ONCE) callers.set(key, { ...caller, count: count + caller.count });
  }

  function note(caller: Omit<Caller, 'count'>): void {
    add(`denied:${caller.target.kind}:${caller.target.id}`, { ...caller, count: 1 });
  }

  return {
    /** Whoever has an account: by the key, where one is used. */
    noteDenial(actor: AccountActor, code: string): void {
      // Who is asked for a fresh proof gives it.
      if (code === 'fresh_sign_in_needed') return;
      note({ target: targetOf(actor), actor, accountId: actor.accountId, code });
    },

    /** A stranger with a credential that isn't good, by the network. */
    noteRefusedCredential(from: Origin, code: string): void {
      const network = networkOf(from.address ?? '');
      const target = { kind: 'network', id: network, name: network };
      note({ target, actor: { kind: 'anonymous', from }, accountId: null, code });
    },

    /** Takes what is to be written; to be called before the transaction, which may be tried twice. */
    take(): ReadonlyMap<string, Caller> {
      const taken = callers;
      callers = new Map();
      return taken;
    },

    /** What couldn't be written. */
    putBack(taken: ReadonlyMap<string, Caller>): void {
      for (const [key, caller] of taken) add(key, caller);
    },

    /** Nothing of those whose account is closed. */
    async write(tx: Tx, taken: ReadonlyMap<string, Caller>, closed: ReadonlySet<AccountId>): Promise<void> {
      // In one order everywhere, so that two instances can't wait for each other's rows.
      const inOrder = [...taken].toSorted(([a], [b]) => (a < b ? -1 : 1));
      for (const [key, { target, actor, accountId, code, count }] of inOrder) {
        if (accountId !== null && closed.has(accountId)) continue;
        const counted = await rateLimits.add(tx, key, WITHIN_MS, count);
        if (counted <= UNREMARKABLE || counted - count > UNREMARKABLE) continue;
        await audit.record(tx, actor, 'denial.repeated', { target, details: { code, count: counted } });
      }
    },
  };
}

export type Repeated = ReturnType<typeof createRepeated>;

function targetOf({ kind, accountId, name, email, credential }: AccountActor): Caller['target'] {
  const key = keyOf(credential);
  if (key) return { kind: 'api_key', id: key.id, name: null };
  return { kind: kind === 'app' ? 'app' : 'account', id: accountId, name: email ?? name };
}
