import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ADMIN, freePort, openTestServer, registerNotes, type Caller, type TestServer } from '@latchkey/testkit';
import { ensurePython } from '@latchkey/testkit/programs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const python = ensurePython({
  fastapi: 'python3-fastapi',
  jwt: 'python3-jwt',
  cryptography: 'python3-cryptography',
  uvicorn: 'python3-uvicorn',
});

type App = { clientId: string; clientSecret: string };
type TokenAnswer = { access_token: string; token_type: string };

describe.skipIf(python === null)('the example in FastAPI, beside a running Latchkey', () => {
  let latchkey: TestServer;
  let admin: Caller;
  let example: ChildProcess;
  let notesUrl: string;
  let signsIn: App;

  beforeAll(async () => {
    latchkey = await openTestServer({ listens: true });
    admin = await latchkey.admin();
    const port = await freePort();
    notesUrl = `http://localhost:${port}`;
    await registerNotes(admin, notesUrl);
    const introspects = await newApp({ grants: ['client_credentials'], scopes: ['api_keys:verify'] });
    const redirectUris = [`${notesUrl}/docs/oauth2-redirect`];
    signsIn = await newApp({ grants: ['password'], scopes: ['notes:read'], redirectUris, firstParty: true });
    example = startExample(port, introspects);
    await vi.waitFor(() => fetch(notesUrl), { timeout: 60_000, interval: 200 });
  });

  afterAll(async () => {
    if (example?.exitCode === null) {
      example.kill();
      await once(example, 'exit');
    }
    await latchkey?.close();
  });

  async function newApp(input: object): Promise<App> {
    const { status, body } = await admin.rest<App>('POST', '/apps', { name: 'Notes', ...input });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  function startExample(port: number, { clientId, clientSecret }: App): ChildProcess {
    const server = ['-m', 'uvicorn', '--app-dir', import.meta.dirname, '--port', String(port), 'main:app'];
    const configuration = { ISSUER: latchkey.publicUrl, AUDIENCE: notesUrl };
    const env = { ...process.env, ...configuration, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
    return spawn(python ?? '', server, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** As the form of FastAPI's own documentation page does it: by what the API's description says. */
  async function signIn(password: string = ADMIN.password) {
    const described = (await (await fetch(`${notesUrl}/openapi.json`)).json()) as {
      components: { securitySchemes: { OAuth2PasswordBearer: { flows: { password: { tokenUrl: string } } } } };
    };
    const { tokenUrl } = described.components.securitySchemes.OAuth2PasswordBearer.flows.password;
    const credentials = Buffer.from(`${signsIn.clientId}:${signsIn.clientSecret}`).toString('base64');
    return fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, origin: notesUrl },
      body: new URLSearchParams({
        grant_type: 'password',
        username: ADMIN.email,
        password,
        scope: 'notes:read',
      }),
    });
  }

  const secureData = (token: string) =>
    fetch(`${notesUrl}/secure-data`, { headers: token === '' ? {} : { authorization: `Bearer ${token}` } });

  const newKey = (permissions: ['notes:read'] | ['users:read']) =>
    admin.api.apiKeys.create.mutate({ name: 'key', permissions });

  it('knows nothing of Latchkey', () => {
    expect(readFileSync(join(import.meta.dirname, 'main.py'), 'utf8')).not.toMatch(/latchkey|lk_/i);
  });

  it('lets a person in whom its OAuth2PasswordBearer sent to /oauth/token', async () => {
    const answer = await signIn();
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, notesUrl]);
    const { access_token: token, token_type: type } = (await answer.json()) as TokenAnswer;
    expect(type).toBe('Bearer');
    const data = await secureData(token);
    const { id } = await admin.api.me.get.query();
    expect([data.status, await data.json()]).toEqual([200, { message: 'This is secure data', user: id }]);
  });

  it('gets no token for a wrong password, and lets nobody in without one', async () => {
    expect((await signIn('a wrong password')).status).toBe(400);
    const without = await secureData('');
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('judges the golden tokens as they say [B08] [B20]', async () => {
    const { tokens } = await latchkey.goldenTokens.make({ audience: notesUrl, permissions: ['notes:read'] });
    const judged = await Promise.all(tokens.map(async ({ name, token }) => [name, (await secureData(token)).status]));
    expect(judged).toEqual(tokens.map(({ name, verdict }) => [name, verdict === 'accept' ? 200 : 401]));
  });

  it('tells an expired token from a wrong one', async () => {
    const { accessToken } = await admin.api.tokens.create.mutate({ audience: notesUrl, ttlSeconds: 1 });
    await vi.waitFor(
      async () => expect(await (await secureData(accessToken)).json()).toEqual({ detail: 'Token expired' }),
      { timeout: 10_000 },
    );
    const wrong = await secureData(`${accessToken.slice(0, -8)}AAAAAAAA`);
    expect([wrong.status, await wrong.json()]).toEqual([401, { detail: 'Invalid token' }]);
  });

  it('takes a key by query, header or cookie, until it is revoked', async () => {
    const { secret, apiKey } = await newKey(['notes:read']);
    const ways = () =>
      Promise.all([
        fetch(`${notesUrl}/protected_data?api_key=${secret}`),
        fetch(`${notesUrl}/protected_data`, { headers: { 'x-api-key': secret } }),
        fetch(`${notesUrl}/protected_data`, { headers: { cookie: `api_key=${secret}` } }),
      ]);
    const answers = await ways();
    const owner = apiKey.accountId;
    for (const answer of answers) expect(await answer.json()).toEqual({ message: 'This is protected data', owner });
    await admin.api.apiKeys.revoke.mutate({ id: apiKey.id });
    expect((await ways()).map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  it('takes no key without the permission, no made-up one, no token, and not none', async () => {
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(`${notesUrl}/protected_data`, { headers })).status;
    const { accessToken } = await admin.api.tokens.create.mutate({ audience: notesUrl });
    expect(await statusWith({ 'x-api-key': (await newKey(['users:read'])).secret })).toBe(403);
    for (const key of ['nonsense', accessToken]) expect(await statusWith({ 'x-api-key': key })).toBe(401);
    expect(await statusWith({})).toBe(401);
  });
});
