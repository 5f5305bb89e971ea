import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureOpenssl, makeSelfSigned } from '@latchkey/testkit/self-signed';

import { playApp, type Client, type PlayedApp } from './relying-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-described-app-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const openssl = ensureOpenssl();
const certificate = openssl === null ? null : makeSelfSigned(openssl, folder);

/** For a server that is to read what such apps say of themselves. */
export const TRUSTING: Record<string, string> =
  certificate === null ? {} : { NODE_EXTRA_CA_CERTS: certificate.certFile };

/** An app that nobody made here: it is named by the address where it describes itself. Null without `openssl`. */
export async function playDescribedApp(
  document: Record<string, unknown>,
): Promise<(PlayedApp & { client: Client; host: string }) | null> {
  if (certificate === null) return null;
  const app = await playApp();
  const { certFile, keyFile } = certificate;
  const site = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (_request, response) => {
    const redirects = { redirect_uris: [app.callback], token_endpoint_auth_method: 'none' };
    const grants = { grant_types: ['authorization_code', 'refresh_token'] };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ client_id: client.clientId, ...redirects, ...grants, ...document }));
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const host = `localhost:${(site.address() as AddressInfo).port}`;
  const client: Client = { clientId: `https://${host}/client.json`, clientSecret: null };
  const close = () => {
    app.close();
    site.close();
  };
  return { callback: app.callback, client, host, close };
}
