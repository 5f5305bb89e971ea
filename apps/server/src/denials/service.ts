import { setTimeout as sleep } from 'node:timers/promises';

import type { DenialCode, DenialId, denialListInput, KeptDenial } from '@latchkey/schemas';
import type * as z from 'zod/mini';

import { keyOf, type AccountActor } from '../actors/index.ts';
import { randomId } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { KeepDenial } from '../rpc/index.ts';
import { decodeNumberCursor, pageOf, type Storage, type Tx } from '../storage/index.ts';
import { SECOND_MS, startWrites, type Clock } from '../time/index.ts';
import type { Repeated } from './repeated.ts';
import * as rows from './rows.ts';

/** A kill of the process loses at most so much of them: they are for finding out why, while the audit log is the record. */
const FLUSH_EACH_MS = SECOND_MS;

/** Between two writes. A storm of denials, or one credential's, is neither a storm of writes nor all that there is to see. */
const KEPT_AT_ONCE = 200;
const KEPT_OF_ONE_CREDENTIAL = 10;

/** Some 50 MB. The oldest go as new ones come. */
const KEPT_IN_ALL = 100_000;

const ROWS_A_STATEMENT = 100;

type Pending = Omit<rows.DenialRow, 'number'>;

type DenialsNeeds = {
  storage: Storage;
  repeated: Repeated;
  clock: Clock;
  onFailure: (error: unknown) => void;
  /** For tests. */
  keptInAll?: number;
};

/** The denials of the last time, each to be found by its id. Gathered here, and written once a second. */
export function createDenials({ storage, repeated, clock, onFailure, keptInAll = KEPT_IN_ALL }: DenialsNeeds) {
  let pending: Pending[] = [];
  const writes = startWrites({ everyMs: FLUSH_EACH_MS, due: flush, onFailure });

  const keep: KeepDenial = ({ actor, code, denial }) => {
    repeated.noteDenial(actor, code);
    const ofThisCredential = pending.filter(({ credentialId }) => credentialId === actor.credential.id);
    if (pending.length >= KEPT_AT_ONCE || ofThisCredential.length >= KEPT_OF_ONE_CREDENTIAL) return {};
    const { procedure, missing, wouldBeEnough } = denial;
    const id = randomId('den');
    const [first = ''] = missing;
    pending.push({
      id,
      atMs: clock(),
      code: code as DenialCode,
      procedure,
      missing: first,
      wouldBeEnough,
      ...callerOf(actor),
    });
    return { denialId: id };
  };

  function flush(): Promise<void> {
    return writes.afterOthers(writePending);
  }

  async function writePending(): Promise<void> {
    const denials = pending;
    const callers = repeated.take();
    if (denials.length === 0 && callers.size === 0) return;
    pending = [];
    try {
      await storage.transact(async (tx) => {
        const actors = [...denials, ...callers.values()].flatMap(({ accountId }) => accountId ?? []);
        const closed = await rows.closedAmong(tx, actors);
        // What tells of a person goes with the account.
        const kept = denials.filter(({ accountId }) => !closed.has(accountId));
        if (kept.length > 0) await insert(tx, kept);
        await repeated.write(tx, callers, closed);
      });
    } catch (error) {
      pending = [...denials, ...pending].slice(0, KEPT_AT_ONCE);
      repeated.putBack(callers);
      throw error;
    }
  }

  async function insert(tx: Tx, denials: readonly Pending[]): Promise<void> {
    const last = await rows.takeNumbers(tx, denials.length);
    const numbered = denials.map((each, place) => ({ ...each, number: last - denials.length + 1 + place }));
    for (let at = 0; at < numbered.length; at += ROWS_A_STATEMENT) {
      await rows.insertDenials(tx, numbered.slice(at, at + ROWS_A_STATEMENT));
    }
    await rows.forgetUntil(tx, last - keptInAll);
  }

  /** Another process may have refused it, and writes it within that time. */
  async function findOfAnother(id: DenialId) {
    await sleep(FLUSH_EACH_MS);
    return rows.findDenial(storage.read, id);
  }

  return {
    keep,
    noteRefusedCredential: repeated.noteRefusedCredential,
    flush,

    /** Newest first. */
    async list({ cursor, limit, ...filter }: z.output<typeof denialListInput>) {
      await flush();
      const before = decodeNumberCursor(cursor)?.id ?? null;
      const found = await rows.listDenials(storage.read, filter, before, limit + 1);
      return pageOf(found, limit, toDenial, ({ atMs, number }) => ({ createdAtMs: atMs, id: String(number) }));
    },

    async get(id: DenialId): Promise<KeptDenial> {
      await flush();
      const found = (await rows.findDenial(storage.read, id)) ?? (await findOfAnother(id));
      if (found === null) throw new Problem('not_found');
      return toDenial(found);
    },

    close: () => writes.close(flush),
  };
}

export type Denials = ReturnType<typeof createDenials>;

function callerOf({ kind, accountId, name, credential, from }: AccountActor) {
  return {
    accountKind: kind,
    accountId,
    accountName: name,
    credentialKind: credential.kind,
    credentialId: credential.id,
    apiKeyId: keyOf(credential)?.id ?? null,
    address: from.address,
    userAgent: from.userAgent.slice(0, 400),
    requestId: from.requestId,
  };
}

function toDenial(row: rows.DenialRow): KeptDenial {
  const { id, atMs, code, procedure, missing, wouldBeEnough, apiKeyId, address, userAgent, requestId } = row;
  const account = { kind: row.accountKind, id: row.accountId, name: row.accountName };
  const credential = { kind: row.credentialKind, id: row.credentialId };
  return {
    id,
    atMs,
    code,
    procedure,
    missing: [missing],
    wouldBeEnough,
    account,
    credential,
    apiKeyId,
    address,
    userAgent,
    requestId,
  };
}
