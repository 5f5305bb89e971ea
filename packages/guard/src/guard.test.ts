import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { initTRPC } from '@trpc/server';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { openTestServer, registerNotes, type Caller as Somebody, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createGuard, findProblem } from './index.ts';

const AUDIENCE = 'https://notes.example.com';

let latchkey: TestServer;
let admin: Somebody;
let notes: { call(path: string, headers?: Record<string, string>): Promise<Answer>; close(): void };
beforeAll(async () => {
  latchkey = await openTestServer({ listens: true });
  admin = await latchkey.admin();
  await registerNotes(admin, AUDIENCE);
  notes = await startNotes(await keyOf(admin, { permissions: ['api_keys:verify'] }));
});
afterAll(async () => {
  notes.close();
  await latchkey.close();
});

type Answer = { status: number; challenge: string | null; retryAfter: string | null; body: unknown };

/** A tRPC server of somebody else's, guarded by nothing but the package. */
async function startNotes(apiKey: string) {
  const t = initTRPC.context<{ headers: IncomingHttpHeaders; ip: string | undefined }>().create({
    errorFormatter: ({ shape, error }) => ({ ...shape, data: { code: findProblem(error)?.code } }),
  });
  const guard = createGuard({
    issuer: latchkey.publicUrl,
    audience: AUDIENCE,
    introspection: { apiKey },
    clock: latchkey.clock.now,
  });
  const router = t.router({
    open: t.procedure.query(() => 'anyone'),
    any: t.procedure.concat(guard.authenticated).query(({ ctx }) => ctx.caller),
    person: t.procedure.concat(guard.signedIn).query(({ ctx }) => ctx.caller),
    key: t.procedure.concat(guard.apiKey).query(({ ctx }) => ctx.caller),
    auditor: t.procedure.concat(guard.role('auditor')).query(({ ctx }) => ctx.caller),
    read: t.procedure.concat(guard.requires('notes:read')).query(({ ctx }) => ctx.caller),
    both: t.procedure
      .concat(guard.apiKey)
      .concat(guard.requires('notes:read'))
      .query(({ ctx }) => ctx.caller),
  });
  const server = createHTTPServer({
    router,
    createContext: ({ req }) => ({ headers: req.headers, ip: req.socket.remoteAddress }),
    responseMeta: guard.responseMeta,
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    async call(path: string, headers: Record<string, string> = {}): Promise<Answer> {
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, { headers });
      const body = (await answer.json()) as { result?: { data: unknown }; error?: { data: { code: string } } };
      return {
        status: answer.status,
        challenge: answer.headers.get('www-authenticate'),
        retryAfter: answer.headers.get('retry-after'),
        body: body.result ? body.result.data : body.error?.data.code,
      };
    },
    close: () => server.close(),
  };
}

type KeyInput = Partial<Parameters<Somebody['api']['apiKeys']['create']['mutate']>[0]>;
type TokenInput = Partial<Parameters<Somebody['api']['tokens']['create']['mutate']>[0]>;

const keyOf = async (owner: Somebody, more: KeyInput = {}) =>
  (await owner.api.apiKeys.create.mutate({ name: 'key', permissions: ['notes:read'], ...more })).secret;
const tokenOf = async (owner: Somebody, more: TokenInput = {}) =>
  (await owner.api.tokens.create.mutate({ audience: AUDIENCE, permissions: ['notes:read'], ...more })).accessToken;
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const outcome = async (path: string, headers?: Record<string, string>) => {
  const { status, body } = await notes.call(path, headers);
  return status === 200 ? 'in' : [status, body];
};

describe('somebody else’s tRPC server', () => {
  it('asks for a credential, and leaves what isn’t guarded alone', async () => {
    expect(await outcome('open')).toBe('in');
    expect(await notes.call('read')).toMatchObject({
      status: 401,
      body: 'credential_missing',
      challenge: 'Bearer realm="latchkey"',
    });
  });

  it('lets in who holds the permission, and tells its procedures who that is', async () => {
    const { id } = await admin.api.me.get.query();
    const key = await keyOf(admin);
    expect((await notes.call('read', bearer(await tokenOf(admin)))).body).toEqual({
      id,
      roles: ['admin'],
      permissions: ['notes:read'],
      credential: {
        kind: 'access_token',
        id: expect.any(String),
        expiresAtMs: expect.any(Number),
        sessionId: expect.stringMatching(/^ses_/),
      },
    });
    const asKey = {
      id,
      roles: ['admin'],
      permissions: ['notes:read'],
      credential: { kind: 'api_key', id: key.split('_')[1] },
    };
    for (const headers of [bearer(key), { 'x-api-key': key }]) {
      expect((await notes.call('read', headers)).body).toEqual(asKey);
    }
  });

  it('tells who lacks the permission which one it is', async () => {
    const refused = {
      status: 403,
      body: 'permission_missing',
      challenge: 'Bearer realm="latchkey", error="insufficient_scope", scope="notes:read"',
    };
    expect(await notes.call('read', bearer(await tokenOf(admin, { permissions: ['notes:write'] })))).toMatchObject(
      refused,
    );
    expect(await notes.call('read', bearer(await tokenOf(admin, { permissions: [] })))).toMatchObject(refused);
    expect(await notes.call('read', bearer(await keyOf(admin, { permissions: ['notes:write'] })))).toMatchObject(
      refused,
    );
  });

  it('lets in by role, whatever the credential', async () => {
    const auditor = await latchkey.person('auditor@example.com', ['auditor']);
    expect(await outcome('auditor', bearer(await tokenOf(auditor)))).toBe('in');
    expect(await outcome('auditor', bearer(await keyOf(auditor, { permissions: [] })))).toBe('in');
    for (const credential of [await tokenOf(admin), await keyOf(admin)]) {
      const { status, challenge } = await notes.call('auditor', bearer(credential));
      expect([status, challenge]).toEqual([403, 'Bearer realm="latchkey", error="insufficient_scope"']);
    }
  });

  it('takes a key’s owner’s permissions as they are now [B18]', async () => {
    const person = await latchkey.person('demoted@example.com', ['auditor']);
    const key = await keyOf(person);
    expect(await outcome('read', bearer(key))).toBe('in');
    const { id } = await person.api.me.get.query();
    await admin.api.users.update.mutate({ id, roles: ['member'] });
    expect(await outcome('read', bearer(key))).toEqual([403, 'permission_missing']);
    expect(await outcome('auditor', bearer(key))).toEqual([403, 'permission_missing']);
    await admin.api.users.update.mutate({ id, disabled: true });
    expect(await outcome('any', bearer(key))).toEqual([401, 'api_key_invalid']);
  });

  it('tells a person from a key, and a key from its tokens', async () => {
    const [key, token] = [await keyOf(admin), await tokenOf(admin)];
    const madeByKey = await tokenOf(latchkey.stranger().with(bearer(key)));
    const outcomes = async (path: string) => {
      const each = [];
      for (const text of [token, key, madeByKey]) each.push(await outcome(path, bearer(text)));
      return each;
    };
    const refused = [403, 'credential_not_accepted'];
    expect(await outcomes('any')).toEqual(['in', 'in', 'in']);
    expect(await outcomes('person')).toEqual(['in', refused, refused]);
    expect(await outcomes('key')).toEqual([refused, 'in', refused]);
    expect(await outcomes('both')).toEqual([refused, 'in', refused]);
  });
});

describe('a token', () => {
  const INVALID = 'Bearer realm="latchkey", error="invalid_token", error_description="Invalid token"';

  it('that is too old is told from one that is wrong', async () => {
    const token = await tokenOf(admin, { ttlSeconds: 1 });
    expect(await outcome('read', bearer(token))).toBe('in');
    latchkey.clock.advance(1_000);
    expect(await notes.call('read', bearer(token))).toMatchObject({
      status: 401,
      body: 'token_expired',
      challenge: 'Bearer realm="latchkey", error="invalid_token", error_description="Token expired"',
    });
    const forged = `${token.slice(0, -10)}AAAAAAAAAA`;
    expect(await notes.call('read', bearer(forged))).toMatchObject({
      status: 401,
      body: 'token_invalid',
      challenge: INVALID,
    });
  });

  it('for another audience, of another issuer or kind is refused [B20]', async () => {
    const now = Math.floor(latchkey.clock.now() / 1000);
    const claims = {
      iss: latchkey.publicUrl,
      aud: AUDIENCE,
      sub: 'acc_x',
      iat: now,
      exp: now + 60,
      jti: 'j',
      scope: '',
    };
    const signed = (change: object, typ = 'at+jwt') =>
      latchkey.signingKeys.sign({ typ, claims: { ...claims, ...change } });
    expect(await outcome('any', bearer(await signed({})))).toBe('in');
    for (const token of [
      await signed({}, 'session+jwt'),
      await signed({}, 'JWT'),
      await signed({ aud: latchkey.publicUrl }),
      await signed({ aud: `${AUDIENCE}/` }),
      await signed({ aud: [] }),
      await signed({ iss: 'https://id.example.com' }),
      await signed({ nbf: now + 30 }),
      await signed({ roles: 'admin' }),
    ]) {
      expect(await outcome('any', bearer(token))).toEqual([401, 'token_invalid']);
    }
    expect(await outcome('any', bearer(await tokenOf(admin, { audience: undefined, permissions: undefined })))).toEqual(
      [401, 'token_invalid'],
    );
  });

  it('of an algorithm of the caller’s choice is refused [B08]', async () => {
    const [, payload = '', signature = ''] = (await tokenOf(admin)).split('.');
    for (const alg of ['none', 'HS256', 'RS256']) {
      const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'x' })).toString('base64url');
      for (const end of ['', signature]) {
        expect(await outcome('any', bearer(`${header}.${payload}.${end}`))).toEqual([401, 'token_invalid']);
      }
    }
  });
});

describe('a key', () => {
  it('that was revoked is refused at its next call', async () => {
    const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'key', permissions: ['notes:read'] });
    expect(await outcome('read', bearer(secret))).toBe('in');
    await admin.api.apiKeys.revoke.mutate({ id: apiKey.id });
    expect(await outcome('read', bearer(secret))).toEqual([401, 'api_key_revoked']);
  });

  it('that is over, unknown, mistyped or somewhere else is refused, each by its name', async () => {
    const expiring = await keyOf(admin, { expiresAtMs: latchkey.clock.now() + 1_000 });
    const elsewhere = await keyOf(admin, { ipAllowList: ['10.0.0.0/8'] });
    const here = await keyOf(admin, { ipAllowList: ['127.0.0.1'] });
    latchkey.clock.advance(1_000);
    expect(await outcome('read', bearer(expiring))).toEqual([401, 'api_key_expired']);
    expect(await outcome('read', bearer(elsewhere))).toEqual([403, 'ip_not_allowed']);
    expect(await outcome('read', bearer(here))).toBe('in');
    expect(await outcome('read', bearer(`${here}0`))).toEqual([401, 'api_key_invalid']);
    expect(await outcome('read', { 'x-api-key': '' })).toEqual([401, 'api_key_invalid']);
  });

  it('over its rate is told when to come again', async () => {
    const key = await keyOf(admin, { rateLimit: { limit: 1, windowSeconds: 60 } });
    expect(await outcome('read', bearer(key))).toBe('in');
    const { status, body, retryAfter } = await notes.call('read', bearer(key));
    expect([status, body, Number(retryAfter) > 0]).toEqual([429, 'rate_limited', true]);
  });

  it('over its quota is told when that refills', async () => {
    const key = await keyOf(admin, { quota: { limit: 1, per: 'day' } });
    expect(await outcome('read', bearer(key))).toBe('in');
    const { status, body, retryAfter } = await notes.call('read', bearer(key));
    expect([status, body, Number(retryAfter) > 0]).toEqual([429, 'quota_exceeded', true]);
  });
});
