import { isOver } from '../sessions/index.ts';
import type { ArtifactState } from './rows.ts';

/**
 * Whether an artifact is worth anything now. It ends with its account and with its session. One that was asked to last
 * while the person is away (`offline_access`) outlives a session that merely grew old, but never one that somebody ended.
 */
export function isLive({ artifact, account, session }: ArtifactState, nowMs: number): boolean {
  if (artifact.expiresAtMs <= nowMs) return false;
  if (artifact.accountId !== null && account?.status !== 'active') return false;
  if (artifact.sessionId === null) return true;
  if (session === null) return false;
  return isForAway(artifact.payload) ? session.endedAtMs === null : !isOver(session, nowMs);
}

/** Of a token by its own scope, of a family by what was allowed. */
export function isForAway({ scope, openid }: Record<string, unknown>): boolean {
  const text = scope ?? (openid as { scope?: unknown } | undefined)?.scope;
  return typeof text === 'string' && text.split(' ').includes('offline_access');
}
