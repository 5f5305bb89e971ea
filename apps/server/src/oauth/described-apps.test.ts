import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import type { ConsentQuestion } from '@latchkey/schemas';
import { ADMIN, openTestServer, type TestServer } from '@latchkey/testkit';
import { Browser, fetchOf, goThrough } from '@latchkey/testkit/relying-party';
import { ensureOpenssl, makeSelfSigned } from '@latchkey/testkit/self-signed';
import * as openid from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time/index.ts';

const openssl = ensureOpenssl();
const trusted = getCACertificates('default');

let server: TestServer;
let browser: Browser;
/** Where clients of the Model Context Protocol describe themselves. */
let site: Server;
let origin: string;
const documents: Record<string, unknown> = {};
let fetched: string[] = [];

describe.skipIf(openssl === null)('an app that describes itself', () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-documents-'));
    const { certFile, keyFile } = makeSelfSigned(openssl!, folder);
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    rmSync(folder, { recursive: true });
    setDefaultCACertificates([...trusted, cert]);
    site = createServer({ cert, key }, ({ url = '' }, response) => {
      fetched.push(url);
      const document = documents[url];
      if (document === undefined) response.writeHead(302, { location: '/good' }).end();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    origin = `https://localhost:${(site.address() as AddressInfo).port}`;
    server = await openTestServer();
    await server.person('ada@example.com');
    browser = new Browser(server);
    await browser.signIn('ada@example.com', ADMIN.password);
  });
  // A visitor makes us fetch so often.
  afterEach(() => server.clock.advance(11 * MINUTE_MS));
  afterAll(async () => {
    setDefaultCACertificates(trusted);
    site.close();
    await server.close();
  });

  const REDIRECT = 'http://127.0.0.1:1234/callback';
  /** Puts a document there, and gives its address. */
  function describes(path: string, more: object = {}): string {
    const id = origin + path;
    documents[path] = {
      client_id: id,
      client_name: 'Code editor',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...more,
    };
    return id;
  }

  async function begin(clientId: string, more: Record<string, string> = {}) {
    const config = await openid.discovery(new URL(server.publicUrl), clientId, undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
      [openid.customFetch]: fetchOf(server) as openid.CustomFetch,
    });
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid api_keys:read',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      ...more,
    });
    return { config, verifier, state, url: url.href };
  }

  async function questionOf(clientId: string, more?: Record<string, string>) {
    const page = await browser.open((await begin(clientId, more)).url);
    const id = page.url.split('/consent/')[1];
    return id === undefined ? page.status : browser.call<ConsentQuestion>('query', 'consent.get', { id });
  }

  it('is offered, shown as one that nobody here knows, and acts for who allows it, on any port of theirs', async () => {
    const id = describes('/good');
    const { config, verifier, state, url } = await begin(id);
    expect(config.serverMetadata()['client_id_metadata_document_supported']).toBe(true);
    expect(await questionOf(id)).toMatchObject({
      app: { id, name: 'Code editor', documentHost: new URL(origin).host },
      redirectHost: '127.0.0.1:1234',
    });
    const { url: callback } = await goThrough(browser, url);
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    const tokens = await openid.authorizationCodeGrant(config, new URL(callback), checks);
    const me = (token: string) =>
      server
        .stranger()
        .with({ authorization: `Bearer ${token}` })
        .rest<{ permissions: string[] }>('GET', '/me');
    expect((await me(tokens.access_token)).body.permissions).toEqual(['api_keys:read']);
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const { items } = await browser.call<{ items: { id: string; appId: string }[] }>('query', 'grants.list');
    expect(items.map(({ appId }) => appId)).toEqual([id]);
    await browser.call('mutation', 'grants.revoke', { id: items[0]?.id });
    expect((await me(renewed.access_token)).status).toBe(401);
  });

  it('is fetched once, as long as it is remembered, and asks each time', async () => {
    const id = describes('/remembered');
    fetched = [];
    for (let round = 0; round < 3; round += 1) {
      expect(await questionOf(id)).toMatchObject({ app: { id } });
      await goThrough(browser, (await begin(id)).url);
    }
    expect(fetched).toEqual(['/remembered']);
  });

  it.each<[string, string, object]>([
    ['is of another address', '/other', { client_id: 'https://app.example.com/client.json' }],
    ['says that it is ours', '/ours', { first_party: true }],
    ['names its own permissions', '/permissions', { allowed_scopes: ['users:write'] }],
    ['says what its secret was', '/previous', { previous_secret: 'x', previous_secret_until_ms: 9e15 }],
    ['brings a secret', '/secret', { client_secret: 'x' }],
    ['asks for the password', '/password', { grant_types: ['authorization_code', 'password'] }],
    ['acts for itself', '/machine', { grant_types: ['authorization_code', 'client_credentials'] }],
    ['is too long', '/long', { client_uri: `https://app.example.com/${'x'.repeat(6000)}` }],
    ['leads to a script', '/script', { redirect_uris: ['http://127.0.0.1/callback', 'javascript:alert(1)'] }],
    ['leads elsewhere without TLS', '/plain', { redirect_uris: [REDIRECT, 'http://app.example.com/callback'] }],
  ])('is refused when its document %s', async (_what, path, more) => {
    expect(await questionOf(describes(path, more))).toBe(400);
  });

  it('is refused where its document isn’t: without TLS, redirected, missing, or in somebody’s network', async () => {
    const id = describes('/good');
    const elsewhere = [
      id.replace('https:', 'http:'),
      `${origin}/redirected`,
      'https://localhost:1/client.json',
      'https://10.0.0.1/client.json',
      'https://169.254.169.254/client.json',
      `${origin}/${'x'.repeat(600)}`,
    ];
    for (const each of elsewhere) expect([each, await questionOf(each)]).toEqual([each, 400]);
  });

  it('sends people exactly where its document says', async () => {
    const id = describes('/exact', {
      redirect_uris: ['http://127.0.0.1/callback', 'https://app.example.com/callback'],
    });
    const places = [
      'http://127.0.0.1:1234/other',
      'http://localhost:1234/callback',
      'http://127.0.0.1.evil.example/callback',
      'https://app.example.com:8443/callback',
      'https://evil.example/callback',
    ];
    for (const place of places) {
      expect([place, await questionOf(id, { redirect_uri: place })]).toEqual([place, 400]);
    }
  });

  it('has a name without what turns or hides the words around it, or its host’s', async () => {
    const turned = describes('/turned', { client_name: `\u202eLatchkey\u200b\u2028 ${'x'.repeat(300)}` });
    const name = `Latchkey ${'x'.repeat(91)}`;
    expect(await questionOf(turned)).toMatchObject({ app: { name } });
    const { client_name: _, ...nameless } = documents['/good'] as Record<string, unknown>;
    documents['/nameless'] = { ...nameless, client_id: `${origin}/nameless` };
    expect(await questionOf(`${origin}/nameless`)).toMatchObject({ app: { name: new URL(origin).host } });
  });

  it('can’t make us fetch without end', async () => {
    fetched = [];
    const started = Array.from({ length: 40 }, (_, index) => questionOf(`${origin}/endless-${index}`));
    expect(new Set(await Promise.all(started))).toEqual(new Set([400]));
    expect(fetched.length).toBeLessThanOrEqual(20);
  });

  it('is refused once an admin says so, also where its document is remembered and people have allowed it', async () => {
    const id = describes('/refused');
    const { config, verifier, state, url } = await begin(id);
    const { url: callback } = await goThrough(browser, url);
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    const tokens = await openid.authorizationCodeGrant(config, new URL(callback), checks);
    const admin = await server.admin();
    const allow = (describedAppsAllowed: boolean) => admin.api.settings.update.mutate({ describedAppsAllowed });
    const offered = async () =>
      (await server.stranger().request('GET', '/.well-known/oauth-authorization-server')).body[
        'client_id_metadata_document_supported'
      ];
    const renewed = () =>
      openid.refreshTokenGrant(config, tokens.refresh_token ?? '').then(
        () => 'renewed',
        ({ error }: { error: string }) => error,
      );
    expect(await offered()).toBe(true);
    await allow(false);
    fetched = [];
    expect([await offered(), await renewed()]).toEqual([undefined, 'invalid_client']);
    for (const each of [id, describes('/refused-unseen')]) {
      const page = await browser.open((await begin(each)).url);
      expect([page.status, page.url, page.body]).toEqual([
        400,
        expect.stringContaining(server.publicUrl),
        expect.stringContaining('invalid_client'),
      ]);
    }
    expect(fetched).toEqual([]);
    await allow(true);
    expect([await offered(), await renewed()]).toEqual([true, 'renewed']);
  });
});
