import { ACCESS_TOKEN_TYPE, TokenExpired, TokenInvalid } from '@latchkey/credentials';
import { openTestServer, type TestServer } from '@latchkey/testkit';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { fetchOf } from '@latchkey/testkit/relying-party';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const AUDIENCE = 'https://notes.example.com';

type Golden = Awaited<ReturnType<TestServer['goldenTokens']['make']>>;

let server: TestServer;
let golden: Golden;
beforeAll(async () => {
  server = await openTestServer();
  golden = await server.goldenTokens.make({ audience: AUDIENCE, permissions: ['notes:read'] });
});
afterAll(() => server.close());

const wanted = ({ tokens }: Golden) => tokens.map(({ name, verdict }) => [name, verdict]);

async function judged({ tokens }: Golden, verify: (token: string) => Promise<unknown>) {
  return Promise.all(tokens.map(async ({ name, token }) => [name, await verdictOf(verify(token))]));
}

async function verdictOf(verified: Promise<unknown>): Promise<unknown> {
  return verified.then(
    () => 'accept',
    (error: unknown) => (error instanceof TokenExpired || error instanceof TokenInvalid ? 'refuse' : error),
  );
}

const ours = (token: string) =>
  server.signingKeys.verify(token, {
    issuer: server.publicUrl,
    audience: AUDIENCE,
    types: [ACCESS_TOKEN_TYPE],
    nowMs: server.clock.now(),
  });

describe('the golden tokens', () => {
  it('are judged by our own verification as they say [B08] [B20]', async () => {
    expect(await judged(golden, ours)).toEqual(wanted(golden));
  });

  it('are judged the same by jose, told all that a service must say', async () => {
    const keys = createRemoteJWKSet(new URL(golden.jwksUri), { [customFetch]: fetchOf(server) });
    const byJose = async (token: string) => {
      try {
        await jwtVerify(token, keys, {
          issuer: golden.issuer,
          audience: golden.audience,
          algorithms: ['ES256'],
          typ: ACCESS_TOKEN_TYPE,
          requiredClaims: ['sub', 'exp', 'iat', 'jti'],
          currentDate: new Date(server.clock.now()),
        });
      } catch (error) {
        throw new TokenInvalid('malformed', error);
      }
    };
    expect(await judged(golden, byJose)).toEqual(wanted(golden));
  });

  it('differ, and say each by its name what is wrong', () => {
    expect(new Set(golden.tokens.map(({ token }) => token)).size).toBe(golden.tokens.length);
    expect(new Set(golden.tokens.map(({ name }) => name)).size).toBe(golden.tokens.length);
    for (const name of ['expired', 'not_yet_valid', 'wrong_audience', 'wrong_issuer', 'type_jwt', 'alg_none'])
      expect(golden.tokens.find((each) => each.name === name)).toMatchObject({ verdict: 'refuse' });
  });

  it('let nobody into Latchkey itself, though they name it [B20]', async () => {
    const { tokens } = await server.goldenTokens.make({ audience: server.publicUrl, permissions: [] });
    for (const { name, token } of tokens) {
      const caller = server.stranger().with({ authorization: `Bearer ${token}` });
      const { status, body } = await caller.rest('GET', '/me');
      expect([name, status, body['code']]).toEqual([name, 401, name === 'expired' ? 'token_expired' : 'token_invalid']);
    }
  });

  it('are in the audit, since the good ones are good', async () => {
    const { items } = await (await server.admin()).api.audit.list.query({ limit: 100, act: 'token.created' });
    expect(items.at(-1)).toMatchObject({
      actor: { kind: 'system', name: 'command line' },
      details: { audience: AUDIENCE, permissions: ['notes:read'], ttlSeconds: 900 },
    });
  });
});
