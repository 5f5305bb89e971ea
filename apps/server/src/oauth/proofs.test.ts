import { createHash, randomUUID } from 'node:crypto';

import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let server: TestServer;
let app: RelyingParty;
let browser: Browser;
let keys: Keys;
let others: Keys;
beforeAll(async () => {
  server = await openTestServer();
  [keys, others] = await Promise.all([newKeys(), newKeys()]);
  browser = new Browser(server);
  await browser.signIn(ADMIN.email, ADMIN.password);
});
afterAll(() => server.close());

const newKeys = () => generateKeyPair('ES256', { extractable: true });
const nowSeconds = () => Math.floor(Date.now() / 1000);
const SCOPES = ['openid', 'api_keys:read'];

describe('an app with a key of its own instead of a secret (RFC 7523)', () => {
  const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  beforeAll(async () => {
    const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig' }] };
    const input = { scopes: SCOPES, firstParty: true, jwks, grants: ['authorization_code', 'client_credentials'] };
    app = await RelyingParty.register(server, input, openid.PrivateKeyJwt(keys.privateKey));
  });

  const good = (): JWTPayload => ({
    iss: app.clientId,
    sub: app.clientId,
    aud: server.publicUrl,
    exp: nowSeconds() + 60,
    iat: nowSeconds(),
    jti: randomUUID(),
  });
  const signed = (claims: JWTPayload, by: Keys = keys) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(by.privateKey);
  const ask = async (assertion: string) => {
    const form = { grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion: assertion };
    const { status, body } = await app.post('/oauth/token', form, null);
    return status === 200 ? 'good' : body['error'];
  };

  it('signs in with openid-client', async () => {
    expect((await app.connect(browser)).claims()?.aud).toBe(app.clientId);
  });

  it('proves itself by each statement once', async () => {
    const assertion = await signed(good());
    expect([await ask(assertion), await ask(assertion)]).toEqual(['good', 'invalid_client']);
  });

  it.each<[string, () => JWTPayload]>([
    ['that has run out', () => ({ ...good(), exp: nowSeconds() - 120 })],
    ['for another server', () => ({ ...good(), aud: 'https://other.example' })],
    ['about nobody', () => ({ ...good(), sub: undefined as never })],
    ['by another app', () => ({ ...good(), iss: 'app_other' })],
    ['without a name to remember it by', () => ({ ...good(), jti: undefined as never })],
    ['that isn’t good yet', () => ({ ...good(), nbf: nowSeconds() + 3600 })],
  ])('is refused by a statement %s', async (_what, claims) => {
    expect(await ask(await signed(claims()))).toBe('invalid_client');
  });

  it('is refused by another’s key, no signature, a secret or nothing', async () => {
    const [, payload] = (await signed(good())).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const { publicKey } = keys;
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)));
    const byPublicKey = await new SignJWT(good()).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    const answers = [await ask(await signed(good(), others)), await ask(unsigned), await ask(byPublicKey)];
    const form = { grant_type: 'client_credentials' };
    answers.push((await app.post('/oauth/token', form, app.basic('x'))).body['error']);
    answers.push((await app.post('/oauth/token', { ...form, client_id: app.clientId }, null)).body['error']);
    expect(answers).toEqual(answers.map(() => 'invalid_client'));
  });
});

describe('a token bound to a key (DPoP, RFC 9449)', () => {
  let bound: RelyingParty;
  beforeAll(async () => {
    const grants = ['authorization_code', 'refresh_token', 'client_credentials'];
    const input = { scopes: SCOPES, firstParty: true, grants, kind: 'native', public: true };
    bound = await RelyingParty.register(server, { ...input, grants: grants.slice(0, 2) });
    app = await RelyingParty.register(server, { ...input, kind: 'web', public: false });
  });

  async function proof(url: string, more: JWTPayload = {}, { by = keys, method = 'POST' } = {}): Promise<string> {
    const jwk = await exportJWK(by.publicKey);
    const claims = { htm: method, htu: server.publicUrl + url, iat: nowSeconds(), jti: randomUUID(), ...more };
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(by.privateKey);
  }
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
  const ask = async (dpop: string) =>
    app.post('/oauth/token', { grant_type: 'client_credentials' }, undefined, { dpop });
  const askUserinfo = async (token: string, authorization: string, dpop?: string) =>
    (await app.post('/oauth/userinfo', { unused: '' }, `${authorization} ${token}`, dpop === undefined ? {} : { dpop }))
      .status;

  it('is got, used and renewed by openid-client with the key', async () => {
    const handle = openid.getDPoPHandle(bound.config, keys);
    const begun = await bound.authorize(browser);
    const checks = { pkceCodeVerifier: begun.verifier, expectedState: begun.state };
    const tokens = await openid.authorizationCodeGrant(bound.config, new URL(begun.callback), checks, undefined, {
      DPoP: handle,
    });
    expect(tokens.token_type).toBe('dpop');
    const subject = tokens.claims()?.sub ?? '';
    const info = await openid.fetchUserInfo(bound.config, tokens.access_token, subject, { DPoP: handle });
    expect(info.sub).toBe(subject);
    const refreshToken = tokens.refresh_token ?? '';
    const stolen = openid.refreshTokenGrant(bound.config, refreshToken, undefined, {
      DPoP: openid.getDPoPHandle(bound.config, others),
    });
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(openid.refreshTokenGrant(bound.config, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const renewed = await openid.refreshTokenGrant(bound.config, refreshToken, undefined, { DPoP: handle });
    expect(renewed.token_type).toBe('dpop');
  });

  it('takes each proof once [P43]', async () => {
    const dpop = await proof('/oauth/token');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(dpop)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await ask(dpop)).status).toBe(400);
  });

  it.each<[string, JWTPayload, number]>([
    ['of ten seconds ago', { iat: nowSeconds() - 10 }, 200],
    ['of an hour ago', { iat: nowSeconds() - 3600 }, 400],
    ['of the next hour', { iat: nowSeconds() + 3600 }, 400],
    ['for another address', { htu: 'https://evil.example/oauth/token' }, 400],
    ['for another method', { htm: 'GET' }, 400],
    ['without a name', { jti: undefined as never }, 400],
  ])('judges a proof %s', async (_what, claims, status) => {
    expect((await ask(await proof('/oauth/token', claims))).status).toBe(status);
  });

  it('opens nothing without its proof, with another key’s, or as a bearer token', async () => {
    const form = { grant_type: 'authorization_code', redirect_uri: app.redirectUri };
    const { callback, verifier } = await app.authorize(browser);
    const code = new URL(callback).searchParams.get('code') ?? '';
    const dpop = await proof('/oauth/token');
    const { body } = await app.post('/oauth/token', { ...form, code, code_verifier: verifier }, undefined, { dpop });
    const token = String(body['access_token']);
    const of = (by: Keys, more: JWTPayload = { ath: hashOf(token) }) => proof('/oauth/userinfo', more, { by });
    expect([
      await askUserinfo(token, 'DPoP', await of(keys)),
      await askUserinfo(token, 'DPoP'),
      await askUserinfo(token, 'DPoP', await of(others)),
      await askUserinfo(token, 'DPoP', await of(keys, {})),
      await askUserinfo(token, 'Bearer'),
    ]).toEqual([200, 400, 401, 401, 401]);
  });

  it('for the API here is no bearer token there', async () => {
    const { body } = await ask(await proof('/oauth/token'));
    const token = String(body['access_token']);
    expect([decodeJwt(token)['cnf'] === undefined, body['token_type']]).toEqual([false, 'DPoP']);
    const { status } = await server
      .stranger()
      .with({ authorization: `Bearer ${token}` })
      .rest('GET', '/me');
    expect(status).toBe(401);
    const { body: introspected } = await app.post('/oauth/introspect', { token });
    expect(introspected).toMatchObject({ active: true, token_type: 'DPoP' });
  });
});
