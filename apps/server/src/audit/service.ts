import {
  CLOSED_ACCOUNT,
  type AccountId,
  type Act,
  type AuditEntry,
  type auditListInput,
  type auditPage,
} from '@latchkey/schemas';
import type * as z from 'zod/mini';

import type { Actor } from '../actors/index.ts';
import { randomId } from '../crypto/index.ts';
import { decodeNumberCursor, pageOf, type Reader, type Storage, type Tx } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import { chained, describeAct, digestOf, type Facts } from './entry.ts';
import { erasedOf, isActorErased, isPersonalIntact, isTargetErased } from './personal.ts';
import * as rows from './rows.ts';

const VERIFIED_AT_ONCE = 1_000;

export function createAudit({ storage, clock }: { storage: Storage; clock: Clock }) {
  return {
    /** Adds the act's entry to its own transaction: neither is there without the other. */
    async record(tx: Tx, actor: Actor, act: Act, facts: Facts = {}): Promise<void> {
      const described = describeAct(actor, act, facts);
      const { number, digest: previousDigest } = await rows.takeNumber(tx);
      const entry = { ...described, id: randomId('aud'), number, atMs: clock() };
      await rows.appendEntry(tx, chained(previousDigest, entry));
    },

    /** What the entries tell of a person whose account is closed goes; that they were made, and the chain, stay. */
    eraseFrom: rows.eraseFrom,

    /** The newest of what the account did, and of what was done to it and its API keys. */
    async listAbout(reader: Reader, accountId: AccountId, limit: number): Promise<AuditEntry[]> {
      return (await rows.listEntriesAbout(reader, accountId, limit)).map(toEntry) as AuditEntry[];
    },

    /** Newest first. */
    async list({ cursor, limit, ...filter }: z.output<typeof auditListInput>): Promise<z.input<typeof auditPage>> {
      const found = await rows.listEntries(storage.read, filter, decodeNumberCursor(cursor), limit + 1);
      return pageOf(found, limit, toEntry, ({ atMs, number }) => ({ createdAtMs: atMs, id: String(number) }));
    },
  };
}

export type Audit = ReturnType<typeof createAudit>;

/**
 * Walks the chain from its first entry. Returns the number of the first that was changed, removed or put in, or null when
 * all are as they were made.
 */
export async function verifyChain(reader: Reader, from: rows.Head = { number: 0, digest: '' }): Promise<number | null> {
  let previous = from;
  const unexplained = new Map<string, number>();
  for (;;) {
    const head = await rows.findHead(reader);
    const entries = await rows.entriesAfter(reader, previous.number, VERIFIED_AT_ONCE);
    for (const entry of entries) {
      if (!follows(previous, entry)) return previous.number + 1;
      noteErased(unexplained, entry);
      previous = entry;
    }
    // The head was read first, so an entry that was added meanwhile was walked too, and the two must agree.
    if (entries.length === 0) return whereTheyDiffer(previous, head) ?? firstOf(unexplained);
  }
}

/** What was recorded after that entry, in the chain's order. */
export async function entriesAfter(reader: Reader, number: number, limit: number): Promise<AuditEntry[]> {
  return (await rows.entriesAfter(reader, number, limit)).map(toEntry) as AuditEntry[];
}

/** The same for the newest entries alone, which takes no longer for a long chain. */
export async function verifyTail(reader: Reader, length: number): Promise<number | null> {
  const { number } = await rows.findHead(reader);
  const [before] = await rows.entriesAfter(reader, number - length - 1, 1);
  return verifyChain(reader, number > length ? before : undefined);
}

function whereTheyDiffer(last: rows.Head, head: rows.Head): number | null {
  if (last.number !== head.number) return Math.min(last.number, head.number) + 1;
  return last.digest === head.digest ? null : last.number;
}

function follows(previous: rows.Head, entry: rows.EntryRow): boolean {
  const isNext = entry.number === previous.number + 1 && entry.digest === digestOf(previous.digest, entry);
  return isNext && isPersonalIntact(entry);
}

/** What is missing from entries must be explained by a later one that says so: otherwise somebody hides who did it. */
function noteErased(unexplained: Map<string, number>, entry: rows.EntryRow): void {
  for (const id of erasedOf(entry)) if (!unexplained.has(id)) unexplained.set(id, entry.number);
  if (entry.act !== 'account.closed') return;
  for (const id of [entry.targetId, ...idsIn(entry.details['apiKeyIds'])]) unexplained.delete(String(id));
}

function firstOf(unexplained: ReadonlyMap<string, number>): number | null {
  return unexplained.size === 0 ? null : Math.min(...unexplained.values());
}

function idsIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function toEntry(row: rows.EntryRow): z.input<typeof auditPage>['items'][number] {
  const { id, number, atMs, address, requestId, digest } = row;
  const act = row.act as AuditEntry['act'];
  const actor = { kind: row.actorKind, id: row.actorId, name: actorNameOf(row) };
  const { credentialKind, credentialId, targetKind, targetId } = row;
  const credential =
    credentialKind === null || credentialId === null ? null : { kind: credentialKind, id: credentialId };
  const target =
    targetKind === null || targetId === null ? null : { kind: targetKind, id: targetId, name: targetNameOf(row) };
  const details = { ...row.details, ...row.personalDetails };
  return { id, number, atMs, act, actor, credential, target, address, requestId, details, digest };
}

function actorNameOf(row: rows.EntryRow): string | null {
  return isActorErased(row) && row.actorId !== null ? CLOSED_ACCOUNT : row.actorName;
}

function targetNameOf(row: rows.EntryRow): string | null {
  return isTargetErased(row) && row.targetKind === 'account' ? CLOSED_ACCOUNT : row.targetName;
}
