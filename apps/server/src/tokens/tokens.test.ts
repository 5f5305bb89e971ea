import { createPublicKey } from 'node:crypto';

import { ALL_PERMISSIONS, type ApiKey, type Me, type ProblemBody } from '@latchkey/schemas';
import { ADMIN, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time/index.ts';

type TokenInput = Parameters<Caller['api']['tokens']['create']['mutate']>[0];

let server: TestServer;
let admin: Caller;
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterAll(() => server.close());

const bearing = (text: string) => server.stranger().with({ authorization: `Bearer ${text}` });
const ask = (text: string) => bearing(text).rest<Me & ProblemBody>('GET', '/me');
const tokenOf = async (caller: Caller, input: TokenInput = {}) =>
  (await caller.api.tokens.create.mutate(input)).accessToken;

async function keyWith(more: object = {}): Promise<{ apiKey: ApiKey; secret: string; caller: Caller }> {
  const { id: accountId } = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: ['admin'] });
  const input = { name: 'key', permissions: ALL_PERMISSIONS, accountId, ...more };
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate(input);
  return { apiKey, secret, caller: server.stranger().with({ 'x-api-key': secret }) };
}

/** The parts of a token, and one made of changed parts, each in its one canonical spelling. */
const partsOf = (token: string) => token.split('.') as [string, string, string];
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** RFC 9728 section 5.1. */
const WHERE_TO_ASK = 'resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource"';

const INVALID = [
  401,
  'token_invalid',
  `Bearer realm="latchkey", error="invalid_token", error_description="Invalid token", ${WHERE_TO_ASK}`,
];

async function refusal(text: string): Promise<unknown[]> {
  const { status, body, headers } = await ask(text);
  return [status, body.code, headers['www-authenticate']];
}

describe('a call', () => {
  it('without a token is asked for one, and told of no error', async () => {
    const { status, body, headers } = await server.stranger().rest<ProblemBody>('GET', '/me');
    expect([status, body.code, headers['www-authenticate']]).toEqual([
      401,
      'credential_missing',
      `Bearer realm="latchkey", ${WHERE_TO_ASK}`,
    ]);
  });

  it('with an expired token is told so', async () => {
    const token = await tokenOf(admin, { ttlSeconds: 1 });
    expect((await ask(token)).status).toBe(200);
    server.clock.advance(SECOND_MS);
    const { status, body, headers } = await ask(token);
    expect([status, body.code, headers['www-authenticate']]).toEqual([
      401,
      'token_expired',
      `Bearer realm="latchkey", error="invalid_token", error_description="Token expired", ${WHERE_TO_ASK}`,
    ]);
    expect((await problemOf(bearing(token).api.me.get.query())).code).toBe('token_expired');
  });

  it('with a token that was changed is told that it isn’t valid, expired or not [V9.1.1]', async () => {
    const [token, old] = [await tokenOf(admin), await tokenOf(admin, { ttlSeconds: 1 })];
    const member = await tokenOf(await server.person('plain@example.com'));
    server.clock.advance(SECOND_MS);
    for (const [header, , signature] of [partsOf(token), partsOf(old)]) {
      const claims = { ...decodeJwt(token), scope: 'users:write', exp: Math.floor(server.clock.now() / 1000) + 60 };
      expect(await refusal(`${header}.${encoded(claims)}.${signature}`), 'other claims').toEqual(INVALID);
    }
    const [header, payload, signature] = partsOf(token);
    expect(await refusal(`${header}.${payload}.${partsOf(member)[2]}`), 'another token’s signature').toEqual(INVALID);
    expect(await refusal(`${header}.${partsOf(member)[1]}.${signature}`), 'another token’s claims').toEqual(INVALID);
    expect(
      await refusal(`${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`),
      'a signature of zeros',
    ).toEqual(INVALID);
    expect(await refusal(`${header}.${payload}.`), 'no signature').toEqual(INVALID);
    expect(await refusal(`${header}.${payload}`), 'two parts').toEqual(INVALID);
  });

  it('with an algorithm or a key of the caller’s choice is refused [B08] [V9.1.2] [V9.1.3]', async () => {
    const token = await tokenOf(admin);
    const { kid = '' } = decodeProtectedHeader(token);
    const claims = decodeJwt(token);
    const forge = async (header: object, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt', ...header }).sign(key);

    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      const unsigned = `${encoded({ alg, typ: 'at+jwt', kid })}.${encoded(claims)}`;
      expect(await refusal(`${unsigned}.`), `alg ${alg}`).toEqual(INVALID);
      expect(await refusal(`${unsigned}.${partsOf(token)[2]}`), `alg ${alg} with a signature`).toEqual(INVALID);
    }

    const { keys } = await server.signingKeys.jwks();
    const published = keys.find((each) => each['kid'] === kid)!;
    const pem = createPublicKey({ key: published, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const publicTexts = [String(pem), JSON.stringify(published), published['x'] ?? '', published['y'] ?? ''];
    for (const text of publicTexts) {
      expect(
        await refusal(await forge({ alg: 'HS256' }, new TextEncoder().encode(text))),
        'HS256 by the public key',
      ).toEqual(INVALID);
    }

    const own = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(own.publicKey);
    expect(await refusal(await forge({}, own.privateKey)), 'a wrong key under a known kid').toEqual(INVALID);
    expect(await refusal(await forge({ kid: 'unknown' }, own.privateKey)), 'an unknown kid').toEqual(INVALID);
    expect(await refusal(await forge({ kid: '../../etc/passwd' }, own.privateKey)), 'a kid that is a path').toEqual(
      INVALID,
    );
    expect(await refusal(await forge({ jwk }, own.privateKey)), 'a key in the header').toEqual(INVALID);
    expect(
      await refusal(await forge({ jwk, kid: undefined }, own.privateKey)),
      'a key in the header instead of a kid',
    ).toEqual(INVALID);
    expect(await refusal(await forge({ jku: 'http://127.0.0.1:9/jwks' }, own.privateKey)), 'a place of keys').toEqual(
      INVALID,
    );
    const rsa = await generateKeyPair('RS256');
    expect(await refusal(await forge({ alg: 'RS256' }, rsa.privateKey)), 'an algorithm that isn’t listed').toEqual(
      INVALID,
    );
  });

  it('with a token of another type, issuer or audience is refused [V9.2.2] [V9.2.3]', async () => {
    const claims = { ...decodeJwt(await tokenOf(admin)) } as Parameters<typeof server.signingKeys.sign>[0]['claims'];
    const signed = (change: object, typ = 'at+jwt') =>
      server.signingKeys.sign({ typ, claims: { ...claims, jti: Math.random().toString(), ...change } });
    expect((await ask(await signed({}))).status).toBe(200);
    for (const typ of ['JWT', 'session+jwt', 'AT+JWT', 'application/at+jwt', 'at+jwt ', '']) {
      expect(await refusal(await signed({}, typ)), `typ ${typ}`).toEqual(INVALID);
    }
    const soon = Math.floor(server.clock.now() / 1000) + 60;
    const wrong: Record<string, object> = {
      'another audience': { aud: 'https://notes.example.com' },
      'an audience that starts like ours': { aud: `${server.publicUrl}.evil.example` },
      'our audience in a text': { aud: `x ${server.publicUrl}` },
      'no audience': { aud: undefined },
      'an empty list of audiences': { aud: [] },
      'another issuer': { iss: 'https://evil.example' },
      'our issuer with a slash': { iss: `${server.publicUrl}/` },
      'no issuer': { iss: undefined },
      'no end': { exp: undefined },
      'an end in words': { exp: String(soon) },
      'a beginning to come': { nbf: soon },
      'no subject': { sub: undefined },
      'somebody else as its subject': { sub: `acc_${'0'.repeat(22)}` },
      'nothing that it hangs on': { sid: undefined },
      'a session that isn’t there': { sid: `ses_${'0'.repeat(22)}` },
      'a session of odd shape': { sid: "' or 1=1 --" },
      'a key that isn’t there': { sid: undefined, api_key_id: '0'.repeat(22) },
    };
    for (const [what, change] of Object.entries(wrong))
      expect([what, ...(await refusal(await signed(change)))]).toEqual([what, ...INVALID]);
  });

  it('with another spelling of a good token is refused, so that each has one [B27]', async () => {
    const token = await tokenOf(admin);
    const [header, payload, signature] = partsOf(token);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // 64 bytes leave four spare bits in the last character: fifteen other characters decode to the same.
    const last = alphabet.indexOf(signature.slice(-1));
    const twins = Array.from({ length: 15 }, (_, spare) => signature.slice(0, -1) + alphabet[last + spare + 1]);
    const same = Buffer.from(signature, 'base64url');
    for (const twin of twins) expect(Buffer.from(twin, 'base64url')).toEqual(same);
    const loose = `{ ${Buffer.from(header, 'base64url').toString().slice(1)}`;
    const spellings = [
      ...twins.map((twin) => `${header}.${payload}.${twin}`),
      `${token}=`,
      `${token}==`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}==.${signature}`,
      `${header}.${payload}.${same.toString('base64')}`,
      `${token}.`,
      `.${token}`,
      `${token}.${signature}`,
      `${header}..${payload}.${signature}`,
      `${header}.${payload}.${signature.slice(0, 40)}%0A${signature.slice(40)}`,
      `${header}.${payload}.${signature.slice(0, 40)}*${signature.slice(40)}`,
      `"${token}"`,
      `${Buffer.from(loose).toString('base64url')}.${payload}.${signature}`,
    ];
    for (const spelling of spellings) expect([spelling, ...(await refusal(spelling))]).toEqual([spelling, ...INVALID]);
    expect((await ask(token)).status).toBe(200);
  });
});

describe('an access token', () => {
  it('says what RFC 9068 wants, signed by a published key', async () => {
    const { accessToken, expiresAtMs } = await admin.api.tokens.create.mutate({ ttlSeconds: 60 });
    const { body: jwks } = await server.stranger().request('GET', '/.well-known/jwks.json');
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(jwks as never), {
      issuer: server.publicUrl,
      audience: server.publicUrl,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(server.clock.now()),
    });
    const me = await admin.api.me.get.query();
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({
      sub: me.id,
      client_id: 'latchkey',
      jti: expect.stringMatching(/^\w{22}$/),
      sid: me.credential.id,
      roles: ['admin'],
      scope: me.permissions.join(' '),
    });
    expect([payload.exp! - payload.iat!, expiresAtMs]).toEqual([60, payload.exp! * 1000]);
    const { body } = await ask(accessToken);
    expect(body).toEqual({ ...me, credential: { kind: 'access_token', id: payload.jti } });
  });

  describe('for another resource', () => {
    const audience = 'https://notes.example.com/api';
    beforeAll(async () => {
      const permissions = ['notes:read', 'notes:write'].map((name) => ({
        name: name as 'notes:read',
        description: 'x',
      }));
      await admin.api.resources.create.mutate({ name: 'Notes', audience, permissions });
    });

    it('carries what its caller holds of that resource alone, and opens nothing here', async () => {
      const token = await tokenOf(admin, { audience });
      expect(decodeJwt(token)).toMatchObject({ aud: audience, scope: 'notes:read notes:write' });
      const member = await server.person('notes@example.com');
      expect(decodeJwt(await tokenOf(member, { audience })).scope).toBe('');
      expect(decodeJwt(await tokenOf(admin, { audience, permissions: ['notes:read'] })).scope).toBe('notes:read');
      expect(decodeJwt(await tokenOf(admin)).scope).not.toContain('notes:');
      expect(await refusal(token), 'a token for another resource').toEqual(INVALID);
    });

    it('is never widened: not to a resource that is none, nor to a permission of another [B09]', async () => {
      const issuesOf = async (input: TokenInput) =>
        (await problemOf(tokenOf(admin, input))).issues?.map(({ path }) => path);
      expect(await issuesOf({ audience: 'https://nobody.example.com' })).toEqual(['audience']);
      expect(await issuesOf({ audience: `${server.publicUrl}/x` })).toEqual(['audience']);
      expect(await issuesOf({ audience, permissions: ['notes:read', 'users:read'] })).toEqual(['permissions.0']);
      expect(await issuesOf({ permissions: ['notes:read'] })).toEqual(['permissions.0']);
      const member = await server.person('wider@example.com');
      const beyond = member.api.tokens.create.mutate({ audience, permissions: ['notes:read'] });
      expect((await problemOf(beyond)).code).toBe('grant_exceeds_own');
    });
  });

  it('lives for 1 to 900 seconds, and 300 unless told', async () => {
    const lifetime = (token: string) => decodeJwt(token).exp! - decodeJwt(token).iat!;
    expect(lifetime(await tokenOf(admin))).toBe(300);
    for (const ttlSeconds of [1, 900]) expect(lifetime(await tokenOf(admin, { ttlSeconds }))).toBe(ttlSeconds);
    for (const ttlSeconds of [0, 901, -1, 1.5, 1e9, null, '', '9e2', 'NaN', [300], true]) {
      const { status, body } = await admin.rest<ProblemBody>('POST', '/tokens', { ttlSeconds });
      expect([ttlSeconds, status, body.code]).toEqual([ttlSeconds, 400, 'input_invalid']);
    }
  });

  it('carries the permissions that were asked for, and never one that its maker lacks', async () => {
    const token = await tokenOf(admin, { permissions: ['users:read'] });
    expect((await ask(token)).body.permissions).toEqual(['users:read']);
    expect((await bearing(token).rest('GET', '/users')).status).toBe(200);
    const refused = await bearing(token).rest<ProblemBody>('GET', '/audit');
    expect([refused.status, refused.body.denial?.missing]).toEqual([403, ['audit:read']]);
    expect(refused.headers['www-authenticate']).toContain('error="insufficient_scope", scope="audit:read"');

    const none = await tokenOf(admin, { permissions: [] });
    expect((await ask(none)).body.permissions).toEqual([]);

    const member = await server.person('member@example.com');
    const beyond = member.api.tokens.create.mutate({ permissions: ['api_keys:read', 'users:read'] });
    expect((await problemOf(beyond)).code).toBe('grant_exceeds_own');
    expect((await ask(await tokenOf(member))).body.permissions).toEqual(['api_keys:read', 'api_keys:write']);
  });

  it('never outgrows what its account holds now [B18]', async () => {
    const person = await server.person('demoted@example.com', ['admin']);
    const token = await tokenOf(person, { permissions: ['users:write', 'api_keys:read'] });
    const { id } = await person.api.me.get.query();
    await admin.api.users.update.mutate({ id, roles: ['member'] });
    expect((await ask(token)).body).toMatchObject({ roles: ['member'], permissions: ['api_keys:read'] });
  });

  it('makes no other token', async () => {
    const again = bearing(await tokenOf(admin)).api.tokens.create.mutate({});
    expect((await problemOf(again)).code).toBe('credential_not_accepted');
  });

  it('dies with the session that asked for it [V7.4.1] [P08]', async () => {
    const ends: Record<string, (person: Caller) => Promise<unknown>> = {
      'sign-out': (person) => person.rest('DELETE', '/session'),
      'sign-out everywhere': (person) => person.api.sessions.endAll.mutate({}),
      'an admin': async (person) => admin.api.userSessions.endAll.mutate({ id: (await person.api.me.get.query()).id }),
      disabling: async (person) =>
        admin.api.users.update.mutate({ id: (await person.api.me.get.query()).id, disabled: true }),
      'another browser’s change of password': async (person) => {
        const other = server.stranger();
        await other.signIn((await person.api.me.get.query()).email!, ADMIN.password);
        await other.api.me.changePassword.mutate({ currentPassword: ADMIN.password, newPassword: 'another password' });
      },
    };
    for (const [index, [what, end]] of Object.entries(ends).entries()) {
      const person = await server.person(`ended-${index}@example.com`);
      const token = await tokenOf(person, { ttlSeconds: 900 });
      expect([what, (await ask(token)).status]).toEqual([what, 200]);
      await end(person);
      expect([what, ...(await refusal(token))]).toEqual([what, ...INVALID]);
    }
  });

  it('dies with the key that asked for it, and is never stronger [P09]', async () => {
    const ends: Record<string, (key: ApiKey) => Promise<unknown>> = {
      revocation: ({ id }) => admin.api.apiKeys.revoke.mutate({ id }),
      'the owner’s disabling': ({ accountId }) =>
        admin.api.serviceAccounts.update.mutate({ id: accountId, disabled: true }),
      expiry: async () => server.clock.advance(MINUTE_MS),
    };
    for (const [what, end] of Object.entries(ends)) {
      const { apiKey, caller } = await keyWith({ expiresAtMs: server.clock.now() + MINUTE_MS });
      const token = await tokenOf(caller, { ttlSeconds: 900 });
      expect([what, (await ask(token)).status]).toEqual([what, 200]);
      await end(apiKey);
      expect([what, ...(await refusal(token))]).toEqual([what, ...INVALID]);
    }
    const { caller } = await keyWith({ permissions: ['users:read'] });
    expect((await ask(await tokenOf(caller))).body).toMatchObject({ kind: 'service', permissions: ['users:read'] });
    const beyond = caller.api.tokens.create.mutate({ permissions: ['users:write'] });
    expect((await problemOf(beyond)).code).toBe('grant_exceeds_own');
  });

  it('dies with the secret that asked for it: at once, or with the grace of the rotation', async () => {
    const { apiKey, caller } = await keyWith({});
    const old = await tokenOf(caller, { ttlSeconds: 900 });
    server.clock.advance(SECOND_MS);
    await admin.api.apiKeys.rotate.mutate({ id: apiKey.id, graceSeconds: 60 });
    expect((await ask(old)).status).toBe(200);
    server.clock.advance(MINUTE_MS / 2);
    const late = await tokenOf(caller, { ttlSeconds: 900 });
    expect((await ask(late)).status).toBe(200);
    server.clock.advance(MINUTE_MS / 2);
    expect(await refusal(old)).toEqual(INVALID);
    expect((await ask(late)).status).toBe(401);
    const { secret } = await admin.api.apiKeys.rotate.mutate({ id: apiKey.id, graceSeconds: 0 });
    const renewed = await tokenOf(server.stranger().with({ 'x-api-key': secret }));
    expect((await ask(renewed)).status).toBe(200);
  });

  it('works from the networks of the key that asked for it alone', async () => {
    const { caller } = await keyWith({ ipAllowList: ['10.0.0.0/8'] });
    caller.remoteAddress = '10.1.2.3';
    const holder = bearing(await tokenOf(caller));
    holder.remoteAddress = '10.1.2.3';
    expect((await holder.rest('GET', '/me')).status).toBe(200);
    holder.remoteAddress = '192.0.2.1';
    const elsewhere = await holder.rest<ProblemBody>('GET', '/me');
    expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'ip_not_allowed']);
  });

  it('counts towards the rate of the key that asked for it', async () => {
    const { caller } = await keyWith({ rateLimit: { limit: 3, windowSeconds: 60 } });
    const token = await tokenOf(caller);
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await ask(token)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});
