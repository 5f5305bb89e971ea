import type { ApiKeyId, PermissionName, ProblemCode } from '@latchkey/schemas';

import { keyOf, type Actor, type Origin } from '../actors/index.ts';

/** A call that was made with a key, or refused to one. */
export type KeyCall = {
  apiKeyId: ApiKeyId;
  procedure: string;
  /** Which permissions it relied on. */
  permissions: ReadonlySet<PermissionName>;
  /** How it ended; null when it went well. */
  problem: ProblemCode | null;
  from: Origin;
  byPreviousSecret: boolean;
};

/** On the path of every call that a key makes: it mustn't wait, nor throw. */
export type NoteKeyCall = (call: KeyCall) => void;

const NOTHING: ReadonlySet<PermissionName> = new Set();

/** A caller that keeps for this call alone, of several in a batch, what it relies on. */
export function forOneCall(actor: Actor): Actor {
  if (actor.kind === 'anonymous' || actor.kind === 'system' || keyOf(actor.credential) === null) return actor;
  return { ...actor, reliesOn: new Set() };
}

export function noteCallOf(note: NoteKeyCall, actor: Actor, procedure: string, problem: ProblemCode | null): void {
  if (actor.kind === 'anonymous' || actor.kind === 'system') return;
  const key = keyOf(actor.credential);
  if (key === null) return;
  const { reliesOn: permissions = NOTHING, from } = actor;
  note({ apiKeyId: key.id, procedure, permissions, problem, from, byPreviousSecret: key.secretEndsAtMs !== undefined });
}

export function noteRefusedKey(
  note: NoteKeyCall,
  apiKeyId: ApiKeyId,
  procedure: string,
  problem: ProblemCode,
  from: Origin,
) {
  note({ apiKeyId, procedure, permissions: NOTHING, problem, from, byPreviousSecret: false });
}
