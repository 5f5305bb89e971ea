import { createHmac } from 'node:crypto';

import type { AccountId, Session, SessionId } from '@latchkey/schemas';

import type { Actor, Origin } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomBase62, randomId, sha256, type SessionCookie } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import { neighbourhoodOf } from '../rate-limits/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { SigningKeys } from '../signing-keys/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import * as rows from './rows.ts';

/** However much it is used, a session ends then. */
export const SESSION_LIFETIME_MS = 30 * DAY_MS;
/** A session that nobody uses for so long has ended. */
const SESSION_IDLE_MS = 7 * DAY_MS;
/** How long the access token in the cookie is good for, and so how often a session is renewed. */
const SESSION_TOKEN_LIFETIME_MS = 5 * MINUTE_MS;
/** Parallel requests may still present the refresh token that the first of them replaced. */
const REFRESH_RACE_MS = 30 * SECOND_MS;
/** Of how many of an account's sessions it is known where they were used. */
const REMEMBERED_SESSIONS = 200;
/** Told apart from every other kind of token by its `typ`, so that it is no bearer token. */
export const SESSION_TOKEN_TYPE = 'session+jwt';

/** Why a session isn't there: it may have gone on under another id by a confirmation, and its cookie be on the way. */
export const MOVED = 'moved';

export type SessionsNeeds = {
  storage: Storage;
  audit: Audit;
  signingKeys: SigningKeys;
  clock: Clock;
  /** The server's own public URL: issuer and audience of the token in the cookie. */
  issuer: string;
  /** Makes each refresh token's one successor. */
  refreshKey: Buffer;
  /** What else is written in the transaction that ends them. */
  onEnd: (tx: Tx, sessionIds: readonly SessionId[]) => Promise<void>;
};

export function createSessions(needs: SessionsNeeds) {
  const { storage, audit, signingKeys, clock, issuer, refreshKey, onEnd } = needs;

  /** Keyed, so that only this server knows a refresh token's successor; the same for every call that asks. */
  const successorOf = (refreshToken: string) =>
    createHmac('sha256', refreshKey).update(refreshToken).digest('base64url');

  async function cookieFor(id: SessionId, accountId: AccountId, refreshToken: string): Promise<SessionCookie> {
    const nowMs = clock();
    const accessToken = await signingKeys.sign({
      typ: SESSION_TOKEN_TYPE,
      claims: {
        iss: issuer,
        aud: issuer,
        sub: accountId,
        sid: id,
        jti: randomBase62(22),
        iat: Math.floor(nowMs / SECOND_MS),
        exp: Math.floor((nowMs + SESSION_TOKEN_LIFETIME_MS) / SECOND_MS),
      },
    });
    return { sid: id, accessToken, refreshToken };
  }

  async function endReused(id: SessionId, accountId: AccountId, origin: Origin): Promise<void> {
    await storage.transact(async (tx) => {
      const ended = await rows.endSession(tx, accountId, id, clock());
      if (!ended) return;
      await onEnd(tx, [id]);
      await audit.record(tx, { kind: 'anonymous', from: origin }, 'session.refresh_reused', {
        target: { kind: 'account', id: accountId },
        details: { sessionId: id },
      });
    });
  }

  return {
    /** Writes a session into the caller's transaction and returns what its cookie will hold. Only the sign-in gate makes sessions. */
    prepare(accountId: AccountId, origin: Origin) {
      const id = randomId('ses');
      const refreshToken = randomBase62(43);
      const nowMs = clock();
      return {
        id,
        write: (tx: Tx) =>
          rows.insertSession(tx, {
            id,
            accountId,
            refreshDigest: sha256(refreshToken),
            previousRefreshDigest: null,
            refreshedAtMs: nowMs,
            createdAtMs: nowMs,
            authenticatedAtMs: nowMs,
            lastUsedAtMs: nowMs,
            expiresAtMs: nowMs + SESSION_LIFETIME_MS,
            endedAtMs: null,
            userAgent: origin.userAgent.slice(0, 400),
            address: origin.address ?? '',
          }),
        cookie: () => cookieFor(id, accountId, refreshToken),
      };
    },

    /**
     * Replaces the cookie whose access token has run out. Safe in a race: within half a minute, every call that presents
     * the replaced refresh token gets the same successor. Presented later, it was stolen or kept: the session ends.
     */
    async renew({ sid, refreshToken }: SessionCookie, origin: Origin): Promise<SessionCookie> {
      const presented = sha256(refreshToken);
      const successor = successorOf(refreshToken);
      const nowMs = clock();
      const before = await rows.findSession(storage.read, sid);
      if (before === null) throw new Problem('session_ended', { cause: MOVED });
      if (isOver(before, nowMs)) throw new Problem('session_ended');
      const change = { id: sid, presented, successor: sha256(successor), nowMs };
      const row =
        (await storage.transact((tx) => rows.replaceRefreshDigest(tx, change))) ??
        (await rows.findSession(storage.read, sid));
      if (row === null) throw new Problem('session_ended', { cause: MOVED });
      if (isOver(row, nowMs)) throw new Problem('session_ended');
      if (row.previousRefreshDigest !== presented || nowMs - row.refreshedAtMs > REFRESH_RACE_MS) {
        await endReused(sid, row.accountId, origin);
        throw new Problem('session_ended');
      }
      return cookieFor(sid, row.accountId, successor);
    },

    /** Whether a cookie is the session's newest, or the one before it, whose successor may be on its way. Changes nothing. */
    async holds({ sid, refreshToken }: SessionCookie): Promise<boolean> {
      const presented = sha256(refreshToken);
      const row = await rows.findSession(storage.read, sid);
      return row?.refreshDigest === presented || row?.previousRefreshDigest === presented;
    },

    /**
     * Starts the clock of `fresh` guards anew, after the person has proved who they are, and gives the session another id
     * [V7.2.4]. Returns what its new cookie will hold.
     */
    async confirm(tx: Tx, { accountId, credential }: SessionActor) {
      const id = randomId('ses');
      const refreshToken = randomBase62(43);
      const renewed = { id, refreshDigest: sha256(refreshToken), authenticatedAtMs: clock() };
      if (!(await rows.renewSession(tx, credential.id, renewed))) throw new Problem('session_ended');
      return { id, cookie: () => cookieFor(id, accountId, refreshToken) };
    },

    /** Whether the account was used before, but from nowhere near. */
    async isFromNewNetwork(tx: Tx, accountId: AccountId, { address }: Origin): Promise<boolean> {
      const before = await rows.listAddresses(tx, accountId, REMEMBERED_SESSIONS);
      const here = neighbourhoodOf(address ?? '');
      return before.length > 0 && !before.some((each) => neighbourhoodOf(each) === here);
    },

    async list(accountId: AccountId, current: SessionId | null): Promise<{ items: Session[] }> {
      const nowMs = clock();
      const live = await rows.listLiveSessions(storage.read, accountId, nowMs);
      return {
        items: live
          .filter((row) => !isOver(row, nowMs))
          .map(({ id, createdAtMs, lastUsedAtMs, expiresAtMs, userAgent, address }) => ({
            id,
            current: id === current,
            createdAtMs,
            lastUsedAtMs,
            expiresAtMs,
            userAgent,
            address,
          })),
      };
    },

    endOne,

    async endNow(actor: Actor, accountId: AccountId, id: SessionId): Promise<void> {
      await storage.transact((tx) => endOne(tx, actor, accountId, id));
    },

    /** Ends the session in whose browser another one has begun. It may be another person's: a browser has one at a time. */
    async endReplaced(tx: Tx, actor: Actor, id: SessionId): Promise<void> {
      const row = await rows.findSession(tx, id);
      if (row && (await rows.endSession(tx, row.accountId, id, clock())))
        await recordEnd(tx, actor, row.accountId, [id]);
    },

    endAll,

    async endAllNow(actor: Actor, accountId: AccountId, keep: SessionId | null): Promise<{ ended: number }> {
      return { ended: await storage.transact((tx) => endAll(tx, actor, accountId, keep)) };
    },
  };

  /** Ends one session of the account, in the caller's transaction. Somebody else's is not found [B12]. */
  async function endOne(tx: Tx, actor: Actor, accountId: AccountId, id: SessionId): Promise<void> {
    const ended = await rows.endSession(tx, accountId, id, clock());
    if (!ended) throw new Problem('not_found');
    await recordEnd(tx, actor, accountId, [id]);
  }

  /** Ends all of the account's sessions but `keep`, in the caller's transaction. Returns how many. */
  async function endAll(tx: Tx, actor: Actor, accountId: AccountId, keep: SessionId | null): Promise<number> {
    const ended = await rows.endSessions(tx, accountId, clock(), keep);
    if (ended.length > 0) await recordEnd(tx, actor, accountId, ended);
    return ended.length;
  }

  async function recordEnd(tx: Tx, actor: Actor, accountId: AccountId, sessionIds: SessionId[]): Promise<void> {
    await onEnd(tx, sessionIds);
    await audit.record(tx, actor, 'session.ended', {
      target: { kind: 'account', id: accountId },
      details: { sessionIds },
    });
  }
}

export type Sessions = ReturnType<typeof createSessions>;

/** Ended by somebody, too old, or not used for too long. A renewal of the cookie is a use too, and is written as one. */
export function isOver(
  row: Pick<rows.SessionRow, 'endedAtMs' | 'expiresAtMs' | 'lastUsedAtMs'>,
  nowMs: number,
): boolean {
  return row.endedAtMs !== null || row.expiresAtMs <= nowMs || row.lastUsedAtMs + SESSION_IDLE_MS <= nowMs;
}
