import type { AccountId, ConsentQuestion } from '@latchkey/schemas';

import type { Audit } from '../audit/index.ts';
import { randomBase62, sha256 } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import type { SessionActor } from '../rpc/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import { nameOf } from './adapter.ts';
import type { Asked, Consents } from './consents.ts';
import { familyLifetimeMs } from './families.ts';
import { isLive } from './liveness.ts';
import * as rows from './rows.ts';
import { permissionsAsked } from './scopes.ts';

export type DevicesNeeds = { storage: Storage; audit: Audit; clock: Clock; rateLimits: RateLimits; consents: Consents };

/** A code has eight of twenty letters: 25 billion, of which somebody may try this many. */
const TRIES = { limit: 10, windowMs: 10 * MINUTE_MS };

type Waiting = { clientId?: string; params?: { scope?: string; resource?: string | string[] }; error?: string };

/** RFC 8628: a person allows what a device without a browser asked, by the code that it shows. */
export function createDevices({ storage, audit, clock, rateLimits, consents }: DevicesNeeds) {
  async function countTry({ accountId }: SessionActor): Promise<void> {
    const taken = await rateLimits.take(`oauth-device:${accountId}`, TRIES.limit, TRIES.windowMs);
    if (taken.allowed) return;
    throw new Problem('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(taken.retryAfterMs / SECOND_MS)) });
  }

  /** The waiting request, bound to the session that looked at it first: another person's approval is no approval [B11]. */
  async function requireWaiting(tx: Tx, actor: SessionActor, userCode: string) {
    const digest = sha256(normalized(userCode));
    if (!(await rows.bindDevice(tx, digest, actor.credential.id))) throw unknownCode();
    // Read once it is locked: of two answers at once, the second finds the first.
    const state = await rows.findByUserCode(tx, digest);
    if (state === null || !isLive(state, clock())) throw unknownCode();
    const { artifact } = state;
    const waiting = artifact.payload as Waiting;
    const isAnswered = artifact.consumedAtMs !== null || artifact.accountId !== null || waiting.error !== undefined;
    if (isAnswered) throw unknownCode();
    return { artifact, waiting };
  }

  const askedBy = (waiting: Waiting, accountId: AccountId) =>
    consents.askedBy({ clientId: waiting.clientId, scope: waiting.params?.scope }, accountId);

  /** The family that the device's tokens will be of, as the engine would have made it. */
  async function approve(tx: Tx, actor: SessionActor, artifact: rows.ArtifactRow, asked: Asked): Promise<void> {
    const waiting = artifact.payload as Waiting;
    const nowMs = clock();
    const familyId = randomBase62(43);
    const openid = asked.allows.filter((scope) => permissionsAsked(scope).length === 0).join(' ');
    const expiresAtMs = nowMs + familyLifetimeMs(openid);
    const permissions = permissionsAsked(asked.allows.join(' ')).join(' ');
    const resource = [waiting.params?.resource ?? []].flat()[0];
    const common = { accountId: actor.accountId, clientId: waiting.clientId };
    const times = { iat: seconds(nowMs), exp: seconds(expiresAtMs) };
    await rows.putArtifact(tx, {
      ...artifact,
      ...nameOf('Grant', familyId),
      familyId,
      accountId: actor.accountId,
      appId: asked.app.id,
      sessionId: null,
      userCodeDigest: null,
      createdAtMs: nowMs,
      expiresAtMs,
      payload: {
        ...common,
        ...times,
        kind: 'Grant',
        ...(openid !== '' && { openid: { scope: openid } }),
        ...(resource !== undefined && permissions !== '' && { resources: { [resource]: permissions } }),
      },
    });
    await rows.putArtifact(tx, {
      ...artifact,
      familyId,
      accountId: actor.accountId,
      sessionId: actor.credential.id,
      payload: {
        ...artifact.payload,
        ...common,
        grantId: familyId,
        scope: asked.allows.join(' '),
        ...(resource !== undefined && { resource }),
        sessionUid: actor.credential.id,
        authTime: seconds(actor.credential.authenticatedAtMs),
      },
    });
  }

  return {
    async question(actor: SessionActor, userCode: string): Promise<ConsentQuestion> {
      await countTry(actor);
      const { waiting } = await storage.transact((tx) => requireWaiting(tx, actor, userCode));
      const asked = await askedBy(waiting, actor.accountId);
      return consents.questionOf(actor, asked, null);
    },

    async decide(actor: SessionActor, userCode: string, allow: boolean): Promise<void> {
      await countTry(actor);
      const { waiting } = await storage.transact((tx) => requireWaiting(tx, actor, userCode));
      const asked = await askedBy(waiting, actor.accountId);
      await storage.transact(async (tx) => {
        const { artifact } = await requireWaiting(tx, actor, userCode);
        if (allow) {
          await approve(tx, actor, artifact, asked);
          await consents.keep(tx, actor, asked);
          return;
        }
        const refused = { ...artifact.payload, error: 'access_denied', errorDescription: 'The person refused.' };
        await rows.putArtifact(tx, { ...artifact, payload: refused });
        await audit.record(tx, actor, 'grant.refused', {
          target: { kind: 'app', id: asked.app.id, name: asked.app.name },
        });
      });
    },
  };
}

export type Devices = ReturnType<typeof createDevices>;

const seconds = (ms: number) => Math.floor(ms / SECOND_MS);

/** As people type it: small letters, with or without what parts it. */
function normalized(userCode: string): string {
  return userCode.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}

function unknownCode(): Problem {
  return new Problem('not_found', {
    detail: 'No device waits with this code. Check it, or start again on the device.',
  });
}
