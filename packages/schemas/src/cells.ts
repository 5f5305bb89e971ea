import type { Cell } from './access-matrix.ts';
import { shortfallOf, type GuardRule, type Holder, type Shortfall } from './guards.ts';

/** Somebody, or whoever has a role, with every credential that they could come with. */
export type Subject = Omit<Holder, 'credential'> & { credentials: readonly Holder['credential'][] };

/** A person who has just signed in may come with a session, with a token that they asked for, and with a key of theirs. */
export const CREDENTIALS_OF_A_PERSON: Subject['credentials'] = [
  { kind: 'session', authenticatedAtMs: 0 },
  { kind: 'access_token', issuedTo: { kind: 'session' }, authenticatedAtMs: 0 },
  { kind: 'api_key' },
];

/** A program has its key, and the tokens that it asks for with it. */
export const CREDENTIALS_OF_A_KEY: Subject['credentials'] = [
  { kind: 'api_key' },
  { kind: 'access_token', issuedTo: { kind: 'api_key' } },
];

const JUST_SIGNED_IN_MS = 0;
const LONG_SIGNED_IN_MS = Infinity;

/** What the guard makes of the subject, by the one evaluator. Null is whoever brings no credential. */
export function cellOf(guard: GuardRule, subject: Subject | null): Cell {
  if (guard.rung === 'open') return { outcome: 'allowed', credentials: [], code: null, missing: null };
  if (subject === null) return refusedCell([shortfallOf(guard, null, JUST_SIGNED_IN_MS)]);
  const tries = subject.credentials.map((credential) => ({ ...subject, credential }));
  const good = tries.filter((each) => shortfallOf(guard, each, JUST_SIGNED_IN_MS) === null);
  if (good.length === 0) return refusedCell(tries.map((each) => shortfallOf(guard, each, JUST_SIGNED_IN_MS)));
  const lasting = good.filter((each) => shortfallOf(guard, each, LONG_SIGNED_IN_MS) === null);
  const credentials = good.map(({ credential }) => credential.kind);
  const outcome = lasting.length === 0 ? 'fresh' : good.length < tries.length ? 'credentials' : 'allowed';
  return { outcome, credentials, code: null, missing: null };
}

/** Of the reasons the one that no other credential takes away. */
function refusedCell(shortfalls: readonly (Shortfall | null)[]): Cell {
  const why = shortfalls.find((each) => each?.code === 'permission_missing') ?? shortfalls[0];
  return { outcome: 'no', credentials: [], code: why?.code ?? null, missing: why?.missing ?? null };
}
