import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { ADMIN, freePort, openTestServer, type TestServer } from '@latchkey/testkit';
import { startNginx, untilOpen } from '@latchkey/testkit/nginx';
import { ensureProgram } from '@latchkey/testkit/programs';
import { ensureOpenssl, makeSelfSigned } from '@latchkey/testkit/self-signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CONFIGURATION = join(import.meta.dirname, '../../nginx/latchkey.conf');
const PUBLIC_URL = 'https://id.example.com';
/** Two callers that nginx can tell apart; Latchkey trusts nginx's own address alone. */
const [CALLER, STRANGER] = ['127.0.0.2', '127.0.0.3'];
const FORGED = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  'x-real-ip': '203.0.113.9',
  forwarded: 'for=203.0.113.9;proto=https',
};

const nginx = process.platform === 'linux' ? ensureProgram('nginx') : null;
const openssl = nginx === null ? null : ensureOpenssl();

describe.skipIf(nginx === null || openssl === null)(
  'behind a real nginx with the configuration that is shipped',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-nginx-'));
    const ports = { plain: 0, tls: 0, direct: 0 };
    let server: TestServer;
    let proxy: ChildProcess;
    let ca: string;

    beforeAll(async () => {
      server = await openTestServer({
        environment: { LATCHKEY_URL: PUBLIC_URL, LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' },
      });
      await server.app.listen({ host: '127.0.0.1', port: 0 });
      ports.direct = (server.app.server.address() as AddressInfo).port;
      [ports.plain, ports.tls] = [await freePort(), await freePort()];
      const { certFile, keyFile } = makeSelfSigned(openssl ?? '', folder, 'id.example.com');
      ca = readFileSync(certFile, 'utf8');
      const shipped = readFileSync(CONFIGURATION, 'utf8')
        .replaceAll(/^ *listen \[::\].*\n/gm, '')
        .replace('listen 80;', `listen 127.0.0.1:${ports.plain};`)
        .replace('listen 443 ssl;', `listen 127.0.0.1:${ports.tls} ssl;`)
        .replace('127.0.0.1:3000', `127.0.0.1:${ports.direct}`)
        .replace('/etc/ssl/latchkey/cert.pem', certFile)
        .replace('/etc/ssl/latchkey/key.pem', keyFile);
      proxy = startNginx(nginx ?? '', folder, shipped);
      await Promise.all([untilOpen(ports.plain), untilOpen(ports.tls)]);
    });

    afterAll(async () => {
      if (proxy?.exitCode === null) {
        proxy.kill('SIGTERM');
        await once(proxy, 'exit');
      }
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    type Ask = { method?: string; headers?: Record<string, string>; body?: object; from?: string };

    async function ask(
      over: keyof typeof ports,
      path: string,
      { method = 'GET', headers = {}, body, from = CALLER }: Ask = {},
    ) {
      const options: RequestOptions = {
        host: '127.0.0.1',
        port: ports[over],
        localAddress: from ?? '',
        agent: false,
        method,
        path,
      };
      const type = body ? { 'content-type': 'application/json' } : {};
      const all = { host: 'id.example.com', ...type, ...headers };
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const send = over === 'tls' ? tlsRequest : plainRequest;
        const request = send({ ...options, headers: all, ca, servername: 'id.example.com' }, resolve);
        request.once('error', reject).end(body && JSON.stringify(body));
      });
      return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
    }

    const signIn = (headers: Record<string, string> = {}) =>
      ask('tls', '/api/v1/session', { method: 'POST', body: ADMIN, headers: { origin: PUBLIC_URL, ...headers } });

    it('plain HTTP is sent to TLS, and to our name whatever host was asked for', async () => {
      const { status, headers } = await ask('plain', '/sign-in?next=%2Fconsole', { headers: { host: 'evil.example' } });
      expect([status, headers.location]).toEqual([308, 'https://id.example.com/sign-in?next=%2Fconsole']);
    });

    it('a person signs in with a Secure cookie, and browsers are told to stay with TLS', async () => {
      const signedIn = await signIn();
      expect(signedIn.status).toBe(200);
      expect(signedIn.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
      const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(/^__Host-latchkey=[^;]+; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
      const me = await ask('tls', '/api/v1/me', { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
      expect(JSON.parse(me.body)).toMatchObject({ email: ADMIN.email, credential: { kind: 'session' } });
    });

    it("the audit shows the caller's own address, whatever the caller's headers say [B16]", async () => {
      const signedIn = await signIn(FORGED);
      const [cookie = ''] = (signedIn.headers['set-cookie'] ?? []).map((each) => each.split(';', 1)[0]);
      const audit = await ask('tls', '/api/v1/audit?act=session.created&limit=1', { headers: { cookie } });
      expect(JSON.parse(audit.body).items).toMatchObject([{ address: CALLER }]);
    });

    it('who goes round nginx is not believed to have come over TLS [B16]', async () => {
      const { status, headers } = await ask('direct', '/api/v1/me', { from: STRANGER, headers: FORGED });
      expect([status, headers.location]).toEqual([308, 'https://id.example.com/api/v1/me']);
      expect((await ask('direct', '/healthz', { from: STRANGER })).status).toBe(200);
    });

    it('paths and bodies come through as they were sent', async () => {
      for (const path of ['//api/v1/me', '/api/v1/%6de', '/api/v1/../v1/me', '/api/v1/me/']) {
        expect(JSON.parse((await ask('tls', path)).body)).toMatchObject({ status: 404, code: 'not_found' });
      }
      const body = { email: 'a'.repeat(101 * 1024), password: 'x' };
      const large = await ask('tls', '/api/v1/session', { method: 'POST', body, headers: { origin: PUBLIC_URL } });
      expect(JSON.parse(large.body)).toMatchObject({ status: 413, code: 'body_too_large' });
    });
  },
);
