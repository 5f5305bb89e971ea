import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ServerProcess } from '@latchkey/testkit/server-process';

import type { Rest } from './rest.ts';

export type Client = { clientId: string; clientSecret: string | null };
type Tokens = { access_token?: string; refresh_token?: string; error?: string };

/** What an app is to a browser: where this lands when it comes back from here. */
export type PlayedApp = { callback: string; close: () => void };

export async function playApp(): Promise<PlayedApp> {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><h1>App</h1>');
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const close = () => {
    site.close();
    site.closeAllConnections();
  };
  return { callback: `http://localhost:${port}/callback`, close };
}

export async function makeApp(admin: Rest, input: Record<string, unknown>): Promise<Client> {
  const { body } = await admin<Client>('POST', '/apps', {
    name: 'Notes app',
    scopes: ['openid', 'profile', 'email', 'api_keys:read', 'users:write'],
    ...input,
  });
  return body;
}

/** Where an app sends the browser to sign in, and what it keeps until that comes back. */
export function authorization({ url }: ServerProcess, { clientId }: Client, callback: string, scope: string) {
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URL('/oauth/authorize', url);
  asked.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope,
    state: 'here',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(scope.includes('offline_access') && { prompt: 'consent' }),
  }).toString();
  return { href: asked.href, verifier };
}

/** A form to one of the endpoints, as the app or, without a secret, as an app that is public. */
export async function postForm<Body = Tokens>(
  { url }: ServerProcess,
  path: string,
  { clientId, clientSecret }: Client,
  form: Record<string, string>,
): Promise<Body> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: clientSecret ? { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` } : {},
    body: new URLSearchParams(clientSecret ? form : { ...form, client_id: clientId }),
  });
  return (await response.json()) as Body;
}

/** Who the token's person is, or the status of the refusal. */
export async function userinfo({ url }: ServerProcess, token = ''): Promise<{ status: number; email?: string }> {
  const response = await fetch(`${url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, ...(response.ok && ((await response.json()) as { email: string })) };
}
