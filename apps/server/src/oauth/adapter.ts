import { appId, type AccountId, type SessionId } from '@latchkey/schemas';
import type { Adapter, AdapterPayload } from 'oidc-provider';

import { findApp } from '../apps/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Storage } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';
import { clientOfApp } from './clients.ts';
import { isLive } from './liveness.ts';
import * as rows from './rows.ts';

/**
 * A client whose answer was lost, or two of its tabs, may present the refresh token that was just replaced: for so long it
 * gets the same successor once more. Later, the token was stolen or kept, and its family ends.
 */
const GRACE_MS = 10 * SECOND_MS;

const SWEEP_EVERY_MS = 30 * SECOND_MS;
const SWEPT_AT_ONCE = 500;

export type AdapterNeeds = {
  storage: Storage;
  clock: Clock;
  issuer: string;
  /** Ends a family of tokens, with its audit entry. */
  endFamily: (familyId: string) => Promise<void>;
  /** What the engine answers as the RFC's error. */
  refuse: { used(model: string): Error; unstorable(): Error };
};

/** The engine's storage: one table for whatever it keeps, apps from their own. */
export function createAdapterFactory(needs: AdapterNeeds): (model: string) => Adapter {
  const { storage, clock, issuer, endFamily, refuse } = needs;
  let sweptAtMs = clock();

  async function sweepNowAndThen(): Promise<void> {
    if (clock() - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = clock();
    const removed = await storage.transact((tx) => rows.sweepArtifacts(tx, clock(), SWEPT_AT_ONCE));
    // The next write goes on, so that no load leaves more behind than goes.
    if (removed >= SWEPT_AT_ONCE) sweptAtMs = -Infinity;
  }

  async function find(model: string, id: string): Promise<AdapterPayload | undefined> {
    const state = await rows.findArtifact(storage.read, nameOf(model, id));
    if (state === null || !isLive(state, clock())) return undefined;
    // Two polls of one device that cross: the later one gets nothing, and takes nothing away from the other.
    if (model === 'DeviceCode' && isInGrace(state.artifact, clock())) throw refuse.used(model);
    return payloadOf(state.artifact, id, { issuer, nowMs: clock() });
  }

  async function write(row: rows.ArtifactRow): Promise<void> {
    await sweepNowAndThen();
    const inserted = await storage.transact(async (tx) => {
      if (!ONCE.has(row.model)) return rows.putArtifact(tx, row).then(() => true);
      return rows.insertArtifact(tx, row);
    });
    // The same successor again is what the grace is for; any other name is drawn at random, or was meant to be new.
    if (!inserted && row.model !== 'RefreshToken') throw refuse.used(row.model);
  }

  async function consume(model: string, id: string): Promise<void> {
    const name = nameOf(model, id);
    if (await storage.transact((tx) => rows.consumeArtifact(tx, name, clock()))) return;
    const now = await rows.findArtifact(storage.read, name);
    if (model === 'RefreshToken' && now && isInGrace(now.artifact, clock())) return;
    // The engine ends the family of a code that it finds used. This one was used while it looked [V10.4.2].
    if (model === 'AuthorizationCode' && now?.artifact.familyId) await endFamily(now.artifact.familyId);
    throw refuse.used(model);
  }

  return (model) => {
    if (model === 'Client') return appsAsClients(storage);
    return {
      find: (id) => find(model, id),
      findByUid: (uid) => find(model, uid),
      // Our own page approves devices.
      findByUserCode: async () => undefined,
      async upsert(id, payload, expiresInSeconds = 0) {
        if (!isStorable(payload)) throw refuse.unstorable();
        const nowMs = clock();
        await write(rowOf(model, id, payload, { nowMs, expiresAtMs: nowMs + expiresInSeconds * SECOND_MS }));
      },
      consume: (id) => consume(model, id),
      async destroy(id) {
        if (model === 'Grant') return endFamily(id);
        await storage.transact((tx) => rows.deleteArtifact(tx, nameOf(model, id)));
      },
      // The engine asks this of each model, and then ends the family itself, with which all of it goes in one transaction.
      revokeByGrantId: async () => undefined,
    };
  };
}

/** Written once and never over: whoever comes second finds it there. */
const ONCE: ReadonlySet<string> = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'ReplayDetection']);

function appsAsClients(storage: Storage): Adapter {
  const never = async () => {
    throw new Error('Apps aren’t made by the engine');
  };
  return {
    async find(id) {
      const parsed = appId.safeParse(id);
      const app = parsed.success ? await findApp(storage.read, parsed.data) : null;
      return app === null || app.disabledAtMs !== null ? undefined : clientOfApp(app);
    },
    findByUid: never,
    findByUserCode: never,
    upsert: never,
    consume: never,
    destroy: never,
    revokeByGrantId: never,
  };
}

export function nameOf(model: string, id: string): rows.ArtifactName {
  return { model, idDigest: sha256(id) };
}

function rowOf(
  model: string,
  id: string,
  payload: AdapterPayload,
  { nowMs, expiresAtMs }: { nowMs: number; expiresAtMs: number },
): rows.ArtifactRow {
  const sessionId = model === 'Session' ? id : payload.sessionUid;
  return {
    ...nameOf(model, id),
    familyId: model === 'Grant' ? id : (payload.grantId ?? null),
    appId: payload.clientId ?? null,
    accountId: (payload.accountId as AccountId | undefined) ?? null,
    sessionId: sessionId?.startsWith('ses_') ? (sessionId as SessionId) : null,
    userCodeDigest: payload.userCode === undefined ? null : sha256(payload.userCode),
    payload: storedPart(model, payload),
    createdAtMs: nowMs,
    expiresAtMs,
    consumedAtMs: null,
  };
}

/** Without what names it, which is a secret: a code, a token, the link of a pending request. */
function storedPart(model: string, payload: AdapterPayload): Record<string, unknown> {
  const { jti: _jti, userCode: _userCode, returnTo: _returnTo, ...stored } = payload;
  if (model !== 'Interaction' || payload.prompt?.name !== 'login') return stored;
  // Whoever signs in gets a session that isn't the one from before; it is the browser's cookie that the request belongs to.
  const { session: _session, ...unbound } = stored;
  return unbound;
}

function payloadOf(
  artifact: rows.ArtifactRow,
  id: string,
  { issuer, nowMs }: { issuer: string; nowMs: number },
): AdapterPayload {
  const { model, payload, consumedAtMs } = artifact;
  const isConsumed = consumedAtMs !== null && !(model === 'RefreshToken' && isInGrace(artifact, nowMs));
  return {
    ...payload,
    jti: id,
    // A session goes on under another id when its person proves again who they are.
    ...(payload['sessionUid'] !== undefined && { sessionUid: artifact.sessionId ?? undefined }),
    // By our clock and to the millisecond: who signs in after it is told from who did before.
    ...(model === 'Interaction' && {
      iat: artifact.createdAtMs / SECOND_MS,
      returnTo: `${issuer}/oauth/authorize/${id}`,
    }),
    ...(isConsumed && { consumed: Math.floor(consumedAtMs / SECOND_MS) }),
  };
}

function isInGrace({ consumedAtMs }: rows.ArtifactRow, nowMs: number): boolean {
  return consumedAtMs !== null && nowMs - consumedAtMs < GRACE_MS;
}

/** PostgreSQL's JSON holds neither NUL nor half a surrogate pair [B25]. */
function isStorable(payload: AdapterPayload): boolean {
  return !/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(payload).replaceAll('\\\\', ''));
}
