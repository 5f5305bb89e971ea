import type { Act } from '@latchkey/schemas';

import type { Actor } from '../actors/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { canonicalText } from './canonical-text.ts';
import { actorDigestOf, splitDetails, targetDigestOf } from './personal.ts';
import type { EntryRow } from './rows.ts';

/** What an act was done to, and what else is worth knowing. */
export type Facts = {
  target?: { kind: string; id: string; name?: string | null };
  details?: Record<string, unknown>;
};

type Described = Omit<
  EntryRow,
  'id' | 'number' | 'atMs' | 'digest' | 'actorDigest' | 'actorSalt' | 'targetDigest' | 'targetSalt'
>;

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
    ...splitDetails(act, details),
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

/** The entry, bound to all those before it. */
export function chained(previousDigest: string, described: Omit<EntryRow, keyof ReturnType<typeof salted> | 'digest'>) {
  const entry: EntryRow = { ...described, ...salted(), digest: '' };
  const whole = { ...entry, actorDigest: actorDigestOf(entry), targetDigest: targetDigestOf(entry) };
  return { ...whole, digest: digestOf(previousDigest, whole) };
}

function salted() {
  return { actorDigest: null, actorSalt: randomBase62(22), targetDigest: null, targetSalt: randomBase62(22) };
}

/**
 * The digest that binds an entry to all those before it: over the entry, with the digest before it in the place of its own,
 * and of what tells of people their digests alone. Entries from before there were such hold everything themselves.
 */
export function digestOf(previousDigest: string, entry: EntryRow): string {
  const {
    actorSalt: _actor,
    targetSalt: _target,
    personalDetails: _details,
    actorDigest,
    targetDigest,
    ...others
  } = entry;
  if (actorDigest === null) return sha256(canonicalText({ ...others, digest: previousDigest }));
  const { actorName: _name, address: _address, targetName: _targetName, ...impersonal } = others;
  return sha256(canonicalText({ ...impersonal, actorDigest, targetDigest, digest: previousDigest }));
}
