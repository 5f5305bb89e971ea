import { ACCESS_TOKEN_TYPE } from '@latchkey/credentials';
import type { PermissionName, Resource } from '@latchkey/schemas';

import type { AccountActor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { randomBase62 } from '../crypto/index.ts';
import { refuseToExceed } from '../permissions/index.ts';
import { Problem } from '../problems/index.ts';
import type { Resources } from '../resources/index.ts';
import type { SigningKeys } from '../signing-keys/index.ts';
import type { Storage } from '../storage/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';

export type TokensNeeds = {
  storage: Storage;
  audit: Audit;
  resources: Resources;
  signingKeys: SigningKeys;
  clock: Clock;
  issuer: string;
};

type TokenRequest = { audience?: string | undefined; permissions?: PermissionName[] | undefined; ttlSeconds: number };

export function createTokens({ storage, audit, resources, signingKeys, clock, issuer }: TokensNeeds) {
  return {
    /**
     * A short-lived access token (RFC 9068) that carries at most what the caller holds of the audience's permissions, and dies
     * with the caller's credential.
     */
    async create(actor: AccountActor, { audience = issuer, permissions, ttlSeconds }: TokenRequest) {
      const resource = await requireAudience(resources, audience);
      const offered = new Set(resource.permissions.map(({ name }) => name));
      if (permissions !== undefined) refuseToWiden(resource, offered, permissions);
      const carried = permissions ?? [...actor.permissions].filter((each) => offered.has(each));
      // What is carried elsewhere is relied on from here: nobody tells us of its use there.
      refuseToExceed(actor, audience === issuer ? (permissions ?? []) : carried);
      const issuedAt = Math.floor(clock() / SECOND_MS);
      const claims = {
        iss: issuer,
        sub: actor.accountId,
        aud: audience,
        client_id: 'latchkey',
        iat: issuedAt,
        exp: Math.min(issuedAt + ttlSeconds, latestEnd(actor)),
        jti: randomBase62(22),
        scope: carried.join(' '),
        roles: [...actor.roles],
        ...originOf(actor),
      };
      const accessToken = await signingKeys.sign({ typ: ACCESS_TOKEN_TYPE, claims });
      await storage.transact((tx) =>
        audit.record(tx, actor, 'token.created', {
          target: { kind: 'access_token', id: claims.jti },
          details: { audience, permissions: carried, ttlSeconds },
        }),
      );
      return { accessToken, expiresAtMs: claims.exp * SECOND_MS };
    },
  };
}

export type Tokens = ReturnType<typeof createTokens>;

async function requireAudience(resources: Resources, audience: string): Promise<Resource> {
  const resource = await resources.findByAudience(audience);
  if (resource !== null) return resource;
  throw new Problem('input_invalid', { issues: [{ path: 'audience', message: 'No resource has this address.' }] });
}

/** A token says nothing about a resource that it isn't for [B09]. */
function refuseToWiden(
  { name }: Resource,
  offered: ReadonlySet<PermissionName>,
  permissions: readonly PermissionName[],
): void {
  const issues = permissions.flatMap((each, index) =>
    offered.has(each) ? [] : [{ path: `permissions.${index}`, message: `${name} has no permission ${each}.` }],
  );
  if (issues.length > 0) throw new Problem('input_invalid', { issues });
}

/** Whoever asks with a secret that was replaced gets nothing that outlives it. In seconds. */
function latestEnd({ credential }: AccountActor): number {
  if (credential.kind !== 'api_key' || credential.secretEndsAtMs === undefined) return Infinity;
  return Math.floor(credential.secretEndsAtMs / SECOND_MS);
}

/** What the token hangs on: the session with its time of proof, or the key. */
function originOf({ credential }: AccountActor): { sid: string; auth_time: number } | { api_key_id: string } {
  if (credential.kind === 'session') {
    return { sid: credential.id, auth_time: Math.floor(credential.authenticatedAtMs / SECOND_MS) };
  }
  if (credential.kind === 'api_key') return { api_key_id: credential.id };
  // The guard takes sessions and keys only: a token that makes tokens would never end.
  throw new Error('A token was asked for with a token');
}
