import type { IncomingMessage } from 'node:http';

import type { AccountId, SessionId } from '@latchkey/schemas';

import { NOWHERE, type Origin } from '../actors/index.ts';

/** Who is at the browser that asks, as our own session has it. */
export type SignedInSession = { id: SessionId; accountId: AccountId; authenticatedAtMs: number };
export type Visit = { origin: Origin; session: SignedInSession | null };

const VISITS = new WeakMap<IncomingMessage, Visit>();

/** What we know of a request that the engine is about to answer. */
export function noteVisit(request: IncomingMessage, visit: Visit): void {
  VISITS.set(request, visit);
}

export function visitOf(request: IncomingMessage): Visit {
  return VISITS.get(request) ?? { origin: NOWHERE, session: null };
}
