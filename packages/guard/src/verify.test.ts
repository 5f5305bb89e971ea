import { openTestServer, registerNotes, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createVerifier, type GuardedRequest, type GuardOptions, type Introspection, type Verifier } from './verify.ts';

const AUDIENCE = 'https://notes.example.com';
const DAY_MS = 86_400_000;

let latchkey: TestServer;
beforeEach(async () => {
  latchkey = await openTestServer({ listens: true });
  await registerNotes(await latchkey.admin(), AUDIENCE);
});
afterEach(() => latchkey.close());

const newKey = async (permissions: ['api_keys:verify'] | ['notes:read'], more: object = {}) =>
  (await latchkey.admin()).api.apiKeys.create.mutate({ name: 'key', permissions, ...more });

async function newToken(ttlSeconds = 900): Promise<string> {
  const admin = await latchkey.admin();
  return (await admin.api.tokens.create.mutate({ audience: AUDIENCE, permissions: ['notes:read'], ttlSeconds }))
    .accessToken;
}

async function verifierWith(
  options: Partial<GuardOptions>,
  introspection: Partial<Introspection> = {},
): Promise<Verifier> {
  const { secret } = await newKey(['api_keys:verify']);
  return createVerifier({
    issuer: latchkey.publicUrl,
    audience: AUDIENCE,
    introspection: { apiKey: secret, ...introspection },
    clock: latchkey.clock.now,
    ...options,
  });
}

async function outcome({ verify }: Verifier, headers: GuardedRequest['headers']): Promise<string> {
  const verified = await verify({ headers }, { requires: 'notes:read' });
  return verified.ok ? 'in' : verified.problem.code;
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

describe('while Latchkey is away', () => {
  it('keys are refused at once, as something that passes [B19]', async () => {
    const { secret } = await newKey(['notes:read']);
    const verifier = await verifierWith({});
    expect(await outcome(verifier, bearer(secret))).toBe('in');
    await latchkey.close();
    const verified = await verifier.verify({ headers: bearer(secret) });
    if (verified.ok) throw new Error('let in');
    const { status, code, headers } = verified.problem;
    expect([status, code, headers]).toEqual([503, 'latchkey_unavailable', { 'retry-after': '1' }]);
    expect(JSON.stringify(verified.problem.body)).not.toContain(secret);
  });

  it('tokens are verified for as long as its keys are believed, and then refused', async () => {
    const [token, other] = [await newToken(), await newToken()];
    const verifier = await verifierWith({ signingKeysMaxAgeMs: 60_000 });
    expect(await outcome(verifier, bearer(token))).toBe('in');
    await latchkey.close();
    latchkey.clock.advance(59_999);
    expect([await outcome(verifier, bearer(token)), await outcome(verifier, bearer(other))]).toEqual(['in', 'in']);
    latchkey.clock.advance(1);
    for (const text of [token, other]) expect(await outcome(verifier, bearer(text))).toBe('latchkey_unavailable');
  });

  it('tokens that were verified before work until they expire, where the service chose so', async () => {
    const [token, other] = [await newToken(), await newToken()];
    const verifier = await verifierWith({ signingKeysMaxAgeMs: 60_000, whenAway: 'acceptVerifiedTokens' });
    expect(await outcome(verifier, bearer(token))).toBe('in');
    await latchkey.close();
    latchkey.clock.advance(60_000);
    expect(await outcome(verifier, bearer(token))).toBe('in');
    expect(await outcome(verifier, bearer(other)), 'one never seen').toBe('latchkey_unavailable');
    latchkey.clock.advance(840_000);
    expect(await outcome(verifier, bearer(token))).toBe('token_expired');
  });

  it('nothing else is forgotten: it is asked again when it is back', async () => {
    const [token, { secret }] = [await newToken(), await newKey(['notes:read'])];
    const verifier = await verifierWith({ signingKeysMaxAgeMs: 1 });
    await latchkey.restart();
    expect([await outcome(verifier, bearer(token)), await outcome(verifier, bearer(secret))]).toEqual(['in', 'in']);
  });
});

describe('signing keys', () => {
  it('that are new are fetched, though the others are still believed', async () => {
    const verifier = await verifierWith({ signingKeysMaxAgeMs: 1_000 * DAY_MS });
    expect(await outcome(verifier, bearer(await newToken()))).toBe('in');
    const kids = new Set<string>();
    for (let month = 0; month < 6; month += 1) {
      latchkey.clock.advance(30 * DAY_MS);
      const token = await newToken();
      kids.add(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
      expect(await outcome(verifier, bearer(token))).toBe('in');
    }
    expect(kids.size).toBeGreaterThan(1);
  });
});

describe('the golden tokens', () => {
  it('are judged as they say [B08] [B20]', async () => {
    const { tokens } = await latchkey.goldenTokens.make({ audience: AUDIENCE, permissions: ['notes:read'] });
    const verifier = await verifierWith({});
    const judged = await Promise.all(
      tokens.map(async ({ name, token }) => [name, await outcome(verifier, bearer(token))]),
    );
    const bad = (name: string) => (name === 'expired' ? 'token_expired' : 'token_invalid');
    expect(judged).toEqual(tokens.map(({ name, verdict }) => [name, verdict === 'accept' ? 'in' : bad(name)]));
  });
});

describe('what Latchkey said about a key', () => {
  it('is used again for no longer than the option says, from the question on', async () => {
    const { apiKey, secret } = await newKey(['notes:read']);
    const verifier = await verifierWith({}, { apiKeyCacheMaxAgeMs: 10_000 });
    expect(await outcome(verifier, bearer(secret))).toBe('in');
    await (await latchkey.admin()).api.apiKeys.revoke.mutate({ id: apiKey.id });
    latchkey.clock.advance(9_999);
    expect(await outcome(verifier, bearer(secret))).toBe('in');
    latchkey.clock.advance(1);
    expect(await outcome(verifier, bearer(secret))).toBe('api_key_revoked');
  });

  it('isn’t used again where the option is left out', async () => {
    const { apiKey, secret } = await newKey(['notes:read']);
    const verifier = await verifierWith({});
    expect(await outcome(verifier, bearer(secret))).toBe('in');
    await (await latchkey.admin()).api.apiKeys.revoke.mutate({ id: apiKey.id });
    expect(await outcome(verifier, bearer(secret))).toBe('api_key_revoked');
  });

  it('is asked once for all who want to know at the same time', async () => {
    const { secret } = await newKey(['notes:read'], { rateLimit: { limit: 1, windowSeconds: 60 } });
    const verifier = await verifierWith({}, { apiKeyCacheMaxAgeMs: 1_000 });
    const together = Array.from({ length: 20 }, () => outcome(verifier, bearer(secret)));
    expect(new Set(await Promise.all(together))).toEqual(new Set(['in']));
  });

  it('about its rate is never used again', async () => {
    const { secret } = await newKey(['notes:read'], { rateLimit: { limit: 1, windowSeconds: 1 } });
    const verifier = await verifierWith({}, { apiKeyCacheMaxAgeMs: DAY_MS, apiKeyCacheMaxEntries: 1 });
    expect(await outcome(verifier, bearer(secret))).toBe('in');
    // Another key takes the only place.
    await outcome(verifier, bearer((await newKey(['notes:read'])).secret));
    expect(await outcome(verifier, bearer(secret))).toBe('rate_limited');
    latchkey.clock.advance(2_000);
    expect(await outcome(verifier, bearer(secret))).toBe('in');
  });

  it('holds for the address that was asked about alone', async () => {
    const { secret } = await newKey(['notes:read'], { ipAllowList: ['10.0.0.0/8', 'fe80::/10'] });
    const { verify } = await verifierWith({}, { apiKeyCacheMaxAgeMs: DAY_MS });
    const ok = async (ip?: string) => (await verify({ headers: bearer(secret), ip })).ok;
    const addresses = ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1%eth0', '192.0.2.1', 'nonsense', '', undefined];
    const outcomes = [];
    for (const ip of [...addresses, ...addresses]) outcomes.push(await ok(ip));
    const once = [true, true, true, false, false, false, false];
    expect(outcomes).toEqual([...once, ...once]);
  });
});

describe('a service whose own key is no good', () => {
  it('is told so, and lets no key in', async () => {
    const { secret } = await newKey(['notes:read']);
    const { secret: apiKey, apiKey: own } = await newKey(['api_keys:verify']);
    expect(await outcome(await verifierWith({}, { apiKey: secret }), bearer(secret))).toBe('service_key_refused');
    const verifier = await verifierWith({}, { apiKey });
    expect(await outcome(verifier, bearer(secret))).toBe('in');
    await (await latchkey.admin()).api.apiKeys.revoke.mutate({ id: own.id });
    expect(await outcome(verifier, bearer(secret))).toBe('service_key_refused');
    const withoutKeys = createVerifier({ issuer: latchkey.publicUrl, audience: AUDIENCE, clock: latchkey.clock.now });
    expect(await outcome(withoutKeys, bearer(secret))).toBe('credential_not_accepted');
  });
});

describe('two explicit credentials', () => {
  it('are refused, however they ride', async () => {
    const [token, { secret }] = [await newToken(), await newKey(['notes:read'])];
    const verifier = await verifierWith({});
    const good = [bearer(token), bearer(secret), { 'x-api-key': secret }, new Headers(bearer(token))];
    for (const headers of good) expect(await outcome(verifier, headers)).toBe('in');
    const twice = new Headers(bearer(token));
    twice.append('authorization', `Bearer ${token}`);
    for (const headers of [
      { ...bearer(token), 'x-api-key': secret },
      { ...bearer(token), 'x-api-key': '' },
      { 'x-api-key': [secret, secret] },
      { 'x-api-key': `${secret}, ${secret}` },
      { 'x-api-key': `${secret},` },
      twice,
      new Headers({ ...bearer(token), 'x-api-key': 'x' }),
    ]) {
      expect(await outcome(verifier, headers)).toBe('credential_ambiguous');
    }
    // Of two `Authorization` headers Node shows the first alone, except here.
    const rawHeaders = ['Authorization', `Bearer ${token}`, 'authorization', 'Bearer x'];
    const verified = await verifier.verify({ headers: bearer(token), rawHeaders });
    expect(verified).toMatchObject({ ok: false, problem: { code: 'credential_ambiguous' } });
  });

  it('are told from one of a kind that nobody gives out', async () => {
    const verifier = await verifierWith({});
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic eDp5', 'Bearer a b', 'lk_x', 'null']) {
      expect([authorization, await outcome(verifier, { authorization })]).toEqual([authorization, 'token_invalid']);
    }
    expect(await outcome(verifier, {})).toBe('credential_missing');
    expect(await outcome(verifier, { cookie: '__Host-latchkey=x; api_key=y' })).toBe('credential_missing');
  });
});
