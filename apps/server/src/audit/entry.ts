import type { Act } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { EntryRow } from './rows.ts';

/** What an act was done to, and what else is worth knowing. */
export type Facts = {
  target?: { kind: string; id: string; name?: string | null };
  details?: Record<string, unknown>;
};

type Described = Omit<EntryRow, 'id' | 'number' | 'atMs' | 'digest'>;

/** Longer texts are cut: an entry is also made for what a stranger typed. */
const TEXT_LENGTH_AT_MOST = 1_000;

export function describeAct(actor: Actor, act: Act, { target, details = {} }: Facts): Described {
  const described = {
    act,
    ...describeActor(actor),
    targetKind: target?.kind ?? null,
    targetId: target?.id ?? null,
    targetName: target?.name ?? null,
    address: actor.from.address,
    requestId: actor.from.requestId,
    details,
  };
  return storable(described) as Described;
}

function describeActor(actor: Actor) {
  if (actor.kind === 'anonymous') return whoIs(actor.kind, null, null);
  if (actor.kind === 'system') return whoIs(actor.kind, null, actor.name);
  return { ...whoIs(actor.kind, actor.accountId, actor.email ?? actor.name), ...withWhat(actor.credential) };
}

function whoIs(actorKind: Actor['kind'], actorId: string | null, actorName: string | null) {
  return { actorKind, actorId, actorName, credentialKind: null, credentialId: null };
}

function withWhat({ kind, id }: { kind: string; id: string }) {
  return { credentialKind: kind, credentialId: id };
}

/**
 * The same facts in a form that both databases store. A NUL or half a surrogate pair in what somebody typed would make
 * PostgreSQL refuse the entry, and with it the act [B25]; a line break would forge a line where entries are printed.
 */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [storableText(name), storable(each)]));
}

function storableText(text: string): string {
  return text
    .slice(0, TEXT_LENGTH_AT_MOST)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '\uFFFD');
}

/** The digest that binds an entry to all those before it: over the entry, with the digest before it in the place of its own. */
export function digestOf(previousDigest: string, entry: EntryRow): string {
  return sha256(canonicalText({ ...entry, digest: previousDigest }));
}

/** JSON with its names in order: PostgreSQL's jsonb keeps no order of its own. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, each]) => `${JSON.stringify(name)}:${canonicalText(each)}`).join(',')}}`;
}
