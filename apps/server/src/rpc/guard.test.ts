import {
  ALL_PERMISSIONS,
  type AccountId,
  type ApiKeyId,
  type DenialId,
  type Permission,
  type SessionId,
} from '@latchkey/schemas';
import { beforeEach, describe, expect, it } from 'vitest';

import { NOWHERE, SERVER, type AccountActor, type Actor, type Credential } from '../actors/index.ts';
import { durationMs, explain, makeGuard, refusalOf, type Guard } from './guard.ts';

const NOW_MS = 1_800_000_000_000;
const session: Credential = { kind: 'session', id: 'ses_1' as SessionId, authenticatedAtMs: NOW_MS };
const key: Credential = { kind: 'api_key', id: 'k'.repeat(22) as ApiKeyId };
const tokenOf = (issuedTo: Extract<Credential, { kind: 'access_token' }>['issuedTo']): Credential => ({
  kind: 'access_token',
  id: 'jti',
  issuedTo,
  authenticatedAtMs: issuedTo.kind === 'session' ? NOW_MS : null,
});

function actor(
  credential: Credential,
  permissions: readonly Permission[],
  kind: 'person' | 'service' = 'person',
): AccountActor {
  return {
    kind,
    accountId: 'acc_1' as AccountId,
    name: 'Ada',
    email: 'ada@example.com',
    roles: ['member'],
    permissions: new Set(permissions),
    credential,
    from: NOWHERE,
  };
}

let kept: unknown[];
beforeEach(() => void (kept = []));

/** The facts of the refusal as its caller gets it. */
function explained(guard: Guard, caller: Actor) {
  const refusal = refusalOf(guard, caller, NOW_MS);
  return explain(refusal!, caller, 'p', (denied) => (kept.push(denied), { denialId: 'den_1' as DenialId })).facts;
}

const codeOf = (...args: Parameters<typeof refusalOf>) => refusalOf(...args)?.code ?? 'allowed';

describe('a guard', () => {
  it('lets nobody through anonymously but where it is open', () => {
    const anonymous = { kind: 'anonymous', from: NOWHERE } as const;
    expect(codeOf(makeGuard('open', null), anonymous, NOW_MS)).toBe('allowed');
    for (const rung of ['authenticated', 'signedIn', 'token', 'apiKey', 'role', 'permitted'] as const) {
      expect(codeOf(makeGuard(rung, 'admin'), anonymous, NOW_MS)).toBe('credential_missing');
    }
  });

  it('never takes the system for a caller', () => {
    expect(codeOf(makeGuard('authenticated', null), SERVER, NOW_MS)).toBe('credential_not_accepted');
  });

  it('names what is missing, and what would be enough', () => {
    const refused = explained(makeGuard('permitted', 'users:write'), actor(session, []));
    const denial = { procedure: 'p', credential: 'session', missing: ['users:write'], wouldBeEnough: ['admin'] };
    expect(refused).toEqual({ detail: "You don't have users:write.", denial, denialId: 'den_1' });
    expect(kept).toEqual([{ actor: actor(session, []), code: 'permission_missing', denial }]);
  });

  it('tells an app what is missing alone, and the admins the whole', () => {
    const forApp = actor(tokenOf({ kind: 'app', id: 'app_1' }), []);
    expect(explained(makeGuard('permitted', 'users:write'), forApp)).toMatchObject({
      denial: { missing: ['users:write'] },
      denialId: 'den_1',
    });
    expect(kept).toMatchObject([{ denial: { missing: ['users:write'], wouldBeEnough: ['admin'] } }]);
  });

  it('tells a stranger what is missing alone, and keeps nothing of it', () => {
    const anonymous = { kind: 'anonymous', from: NOWHERE } as const;
    expect(explained(makeGuard('role', 'admin'), anonymous)).toEqual({ denial: { missing: ['credential'] } });
    expect(kept).toEqual([]);
  });

  it('asks for the account’s role, whatever the permissions', () => {
    expect(codeOf(makeGuard('role', 'admin'), actor(session, ALL_PERMISSIONS), NOW_MS)).toBe('permission_missing');
    expect(codeOf(makeGuard('role', 'member'), actor(key, []), NOW_MS)).toBe('allowed');
  });

  it('refuses every kind of credential that it does not list', () => {
    const guard = makeGuard('permitted', 'api_keys:write', { credentials: ['session', 'access_token'] });
    const may = ['api_keys:write'] as const;
    expect(codeOf(guard, actor(session, may), NOW_MS)).toBe('allowed');
    expect(codeOf(guard, actor(key, may), NOW_MS)).toBe('credential_not_accepted');
    expect(codeOf(guard, actor(tokenOf({ kind: 'session', id: 'ses_1' as SessionId }), may), NOW_MS)).toBe('allowed');
  });

  it('[B28] treats a token that a key asked for as the key', () => {
    const made = actor(tokenOf({ kind: 'api_key', id: 'k'.repeat(22) as ApiKeyId }), ['api_keys:write']);
    const guard = makeGuard('permitted', 'api_keys:write', { credentials: ['session', 'access_token'] });
    expect(codeOf(guard, made, NOW_MS)).toBe('credential_not_accepted');
    expect(codeOf(makeGuard('token', null, { credentials: ['access_token'] }), made, NOW_MS)).toBe('allowed');
  });

  it('asks for a fresh proof, which a key can never give', () => {
    const guard = makeGuard('authenticated', null, { fresh: '10m' });
    const later = NOW_MS + durationMs('10m');
    expect(codeOf(guard, actor(session, []), later)).toBe('allowed');
    expect(codeOf(guard, actor(session, []), later + 1)).toBe('fresh_sign_in_needed');
    expect(codeOf(guard, actor(key, []), NOW_MS)).toBe('fresh_sign_in_needed');
    expect(refusalOf(guard, actor(key, []), NOW_MS)?.facts.maxAgeSeconds).toBe(600);
  });

  it('takes a session for a person’s alone', () => {
    const guard = makeGuard('signedIn', null, { credentials: ['session'] });
    expect(codeOf(guard, actor(session, []), NOW_MS)).toBe('allowed');
    expect(codeOf(guard, actor(session, [], 'service'), NOW_MS)).toBe('credential_not_accepted');
  });

  it('refuses a length of time that is none', () => {
    expect(durationMs('30s')).toBe(30_000);
    expect(durationMs('2h')).toBe(7_200_000);
    expect(() => durationMs('0m')).toThrow('Not a length of time');
    expect(() => durationMs('5d' as '5m')).toThrow('Not a length of time');
  });
});
