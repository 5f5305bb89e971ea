import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { freePort, openTestServer, registerNotes, type Caller, type TestServer } from '@latchkey/testkit';
import { startGuard, untilOpen } from '@latchkey/testkit/nginx';
import { ensureProgram } from '@latchkey/testkit/programs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Ports = { guarded: number; latchkey: number; service: number };
type Proxy = {
  name: string;
  program: string | null;
  start: (program: string, folder: string, ports: Ports) => ChildProcess;
};

const shipped = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const isLinux = process.platform === 'linux';

/** The configuration that is shipped, with this machine's ports for names, and without TLS. */
const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    program: isLinux ? ensureProgram('nginx') : null,
    start: (program, folder, { guarded, ...ports }) =>
      startGuard(program, folder, { host: `localhost:${guarded}`, ...ports }),
  },
  {
    name: 'Caddy',
    program: isLinux ? ensureProgram('caddy') : null,
    start: (program, folder, { guarded, latchkey, service }) => {
      const site = shipped('caddy/Caddyfile')
        .replace(/^notes\.example\.com \{/m, `{\n\tadmin off\n}\nhttp://localhost:${guarded} {`)
        .replaceAll('127.0.0.1:3000', `127.0.0.1:${latchkey}`)
        .replace('127.0.0.1:8080', `127.0.0.1:${service}`);
      const file = join(folder, 'Caddyfile');
      writeFileSync(file, site);
      const env = { PATH: process.env['PATH'], HOME: folder };
      return spawn(program, ['run', '--config', file, '--adapter', 'caddyfile'], { env, stdio: 'ignore' });
    },
  },
  {
    name: 'HAProxy',
    program: isLinux ? ensureProgram('haproxy') : null,
    start: (program, folder, { guarded, latchkey, service }) => {
      const [file, question] = [join(folder, 'haproxy.cfg'), join(folder, 'forward-auth.lua')];
      const site = shipped('haproxy/haproxy.cfg')
        .replace('/etc/haproxy/forward-auth.lua', question)
        .replace(/bind :443 .*/, `bind 127.0.0.1:${guarded}`)
        .replace('X-Forwarded-Host notes.example.com', `X-Forwarded-Host localhost:${guarded}`)
        .replace('127.0.0.1:3000', `127.0.0.1:${latchkey}`)
        .replace('127.0.0.1:8080', `127.0.0.1:${service}`);
      writeFileSync(file, site);
      writeFileSync(question, shipped('haproxy/forward-auth.lua').replace('127.0.0.1:3000', `127.0.0.1:${latchkey}`));
      return spawn(program, ['-db', '-f', file], { stdio: 'ignore' });
    },
  },
];

const FORGED = {
  'X-Latchkey-Subject': 'acc_admin',
  'x-latchkey-kind': 'person',
  'X-LATCHKEY-PERMISSIONS': 'users:write',
  X_Latchkey_Subject: 'acc_admin',
  'X-Latchkey_Subject': 'acc_admin',
  'X_Latchkey-Subject': 'acc_admin',
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Uri': '/public',
  'X-Forwarded-Method': 'GET',
  'X-Original-URL': '/public',
  'X-Rewrite-URL': '/public',
};

for (const { name, program, start } of PROXIES) {
  describe.skipIf(program === null)(`a service behind ${name}, with the configuration that is shipped`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-forward-auth-'));
    const reached: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
    let latchkey: TestServer;
    let admin: Caller;
    let service: Server;
    let proxy: ChildProcess;
    let guarded: URL;

    beforeAll(async () => {
      latchkey = await openTestServer({ listens: true, environment: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } });
      service = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
      await once(service, 'listening');
      const { port } = service.address() as AddressInfo;
      const ports = { guarded: await freePort(), latchkey: Number(new URL(latchkey.publicUrl).port), service: port };
      guarded = new URL(`http://localhost:${ports.guarded}`);
      admin = await latchkey.admin();
      await registerNotes(admin, guarded.origin);
      await admin.api.settings.update.mutate({ forwardAuthOrigins: [guarded.origin] });
      proxy = start(program ?? '', folder, ports);
      await untilOpen(ports.guarded);
    });

    afterAll(async () => {
      if (proxy?.exitCode === null) {
        proxy.kill('SIGTERM');
        await once(proxy, 'exit');
      }
      service?.close();
      await latchkey?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** The service by itself lets everybody in. */
    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const { method = '', url = '', headers } = request;
      reached.push({ method, url, headers, body: await text(request) });
      response.end('the notes');
    }

    type Ask = { method?: string; headers?: Record<string, string | string[]>; body?: string };

    /** As it is: no redirect is followed, and no path is tidied up. */
    async function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}) {
      const { port } = guarded;
      const options = {
        host: '127.0.0.1',
        port,
        agent: false,
        method,
        path,
        headers: { host: guarded.host, ...headers },
      };
      const answered = await new Promise<IncomingMessage>((resolve, reject) => {
        send(options, resolve).once('error', reject).end(body);
      });
      const cookies = (answered.headers['set-cookie'] ?? []).map((each) => each.split(';')[0] ?? '');
      return { status: answered.statusCode, headers: answered.headers, body: await text(answered), cookies };
    }

    const newKey = async (permission: 'notes:read' | 'notes:write') =>
      (await admin.api.apiKeys.create.mutate({ name: 'key', permissions: [permission] })).secret;

    const pathOf = (location: string | undefined) => String(location).replace(guarded.origin, '');

    it('is reached by nobody without a credential: programs are told so, pages are sent to sign in', async () => {
      const before = reached.length;
      const told = await ask('/notes?day=1');
      expect([told.status, told.headers['www-authenticate']]).toEqual([401, 'Bearer realm="latchkey"']);
      const page = await ask('/notes?day=1', { headers: { accept: 'text/html' } });
      expect([page.status, page.headers.location]).toEqual([
        302,
        `${guarded.origin}/.latchkey/begin?to=%2Fnotes%3Fday%3D1`,
      ]);
      expect(reached.length).toBe(before);
    });

    it('is reached by a person who signed in, at the page where they were, and learns who they are', async () => {
      const person = await latchkey.person('ada@example.com', ['admin']);
      const { id } = await person.api.me.get.query();
      const page = await ask('/notes?day=1', { headers: { accept: 'text/html' } });
      const begun = await ask(pathOf(page.headers.location));
      const signIn = String(begun.headers.location);
      expect(signIn).toContain(`${latchkey.publicUrl}/forward-auth/sign-in?`);
      const back = await person.request('GET', signIn.slice(latchkey.publicUrl.length));
      const headers = { cookie: begun.cookies.join('; ') };
      const finished = await ask(pathOf(String(back.headers['location'])), { headers });
      expect([finished.status, finished.headers.location]).toEqual([303, `${guarded.origin}/notes?day=1`]);
      const visit = finished.cookies.join('; ');
      expect(visit).toMatch(/^__Host-latchkey-visit=/);

      const there = await ask('/notes?day=1', { headers: { cookie: `a=1; ${visit}; ${headers.cookie}; b=2` } });
      expect([there.status, there.body]).toEqual([200, 'the notes']);
      const { url, headers: seen } = reached.at(-1)!;
      expect(url).toBe('/notes?day=1');
      expect(seen).toMatchObject({ 'x-latchkey-subject': id, 'x-latchkey-kind': 'person' });
      expect(seen['x-latchkey-permissions']).toContain('notes:read');
      expect(seen.cookie).toBe('a=1; b=2');

      await person.api.session.end.mutate({});
      expect((await ask('/', { headers: { cookie: visit } })).status).toBe(401);
    });

    it('is reached by a key that may, whole, with the key left out', async () => {
      const [key, other] = [await newKey('notes:read'), await newKey('notes:write')];
      const written = await ask('/notes', { method: 'POST', headers: { 'x-api-key': key }, body: 'Buy milk' });
      expect(written.status).toBe(200);
      expect(reached.at(-1)).toMatchObject({ method: 'POST', url: '/notes', body: 'Buy milk' });
      expect(JSON.stringify(reached.at(-1))).not.toContain(key);
      expect((await ask('/notes', { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
      expect(JSON.stringify(reached.at(-1))).not.toContain(key);
      const before = reached.length;
      expect((await ask('/notes', { headers: { 'x-api-key': other } })).status).toBe(403);
      expect((await ask('/notes', { headers: { 'x-api-key': `${key}x` } })).status).toBe(401);
      expect(reached.length).toBe(before);
    });

    it('is told by nobody else who they are: forged headers let nobody in, and are gone [V4.1.3]', async () => {
      const before = reached.length;
      expect((await ask('/', { headers: FORGED })).status).toBe(401);
      const page = await ask('/', { headers: { ...FORGED, accept: 'text/html' } });
      expect(page.headers.location).toBe(`${guarded.origin}/.latchkey/begin?to=%2F`);
      expect(reached.length).toBe(before);
      const { id } = await admin.api.me.get.query();
      const key = await newKey('notes:read');
      const twice = { 'x-latchkey-subject': ['acc_admin', 'acc_other'], connection: 'x-latchkey-subject, close' };
      for (const forged of [FORGED, twice]) {
        expect((await ask('/', { headers: { ...forged, 'x-api-key': key } })).status).toBe(200);
        const { headers: seen } = reached.at(-1)!;
        const about = Object.entries(seen).filter(([header]) => /latchkey/i.test(header));
        expect(Object.fromEntries(about)).toEqual({
          'x-latchkey-subject': id,
          'x-latchkey-kind': 'person',
          'x-latchkey-permissions': 'notes:read',
        });
      }
    });

    it('is reached by no other way of writing a path', async () => {
      const before = reached.length;
      const paths = [
        '//notes',
        '/%2e%2e/notes',
        '/./notes',
        '/notes;/.latchkey/',
        '/.latchkey/../notes',
        '/.latchkey/%2e%2e/notes',
        '/.latchkey%2f..%2fnotes',
        '/.latchkey/question',
        '/.latchkey/',
        '/.latchkey/begin/../../notes',
        '/.latchkey/api/v1/me',
        '/notes?permission=none&api_key=lk_x',
      ];
      for (const path of paths)
        expect([path, [400, 401, 404].includes((await ask(path)).status ?? 0)]).toEqual([path, true]);
      for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])
        expect([method, (await ask('/notes', { method })).status]).toEqual([method, 401]);
      expect(reached.length).toBe(before);
    });

    it('is changed by no page of another site through a visitor’s cookie [V3.5.2]', async () => {
      const key = await newKey('notes:read');
      const post = (origin: string) =>
        ask('/notes', { method: 'POST', headers: { cookie: `api_key=${key}`, origin }, body: 'x' });
      expect((await post(guarded.origin)).status).toBe(200);
      expect((await post('https://evil.example')).status).toBe(403);
    });

    it('is guarded while Latchkey is away, too [B19]', async () => {
      const key = await newKey('notes:read');
      await latchkey.app.close();
      const before = reached.length;
      expect((await ask('/notes', { headers: { 'x-api-key': key } })).status).toBeGreaterThanOrEqual(500);
      expect(reached.length).toBe(before);
    });
  });
}
