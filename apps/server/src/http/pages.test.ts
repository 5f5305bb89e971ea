import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createHttp, createLog, registerPages } from './index.ts';

const CONFIG = { publicUrl: 'http://localhost:3000', trustedProxies: { has: () => false }, tls: null };
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5000))});`;

const folder = mkdtempSync(join(tmpdir(), 'latchkey-pages-'));
let app: FastifyInstance;

beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  const files = {
    'app.html': '<!doctype html><title>app</title>',
    'auth.html': '<!doctype html><title>auth</title>',
    'docs.html': '<!doctype html><title>docs</title>',
    'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '.env': 'SECRET=1',
    'notes.md': '# notes',
    'assets/app-Bx1_-9.js': SCRIPT,
    'assets/app-Bx1_-9.js.br': brotliCompressSync(SCRIPT),
    'assets/app-Bx1_-9.js.gz': gzipSync(SCRIPT),
    'assets/app-Bx1_-9.js.map': '{}',
    'assets/font.woff2': 'font',
  };
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  app = createHttp({ config: CONFIG, log: createLog('silent') });
  registerPages(app, folder);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

describe('the pages', () => {
  it('/docs is for anybody', async () => {
    expect((await app.inject('/docs')).body).toContain('docs');
  });

  it.each([
    '/setup',
    '/sign-in',
    '/sign-up',
    '/invitation',
    '/reset',
    '/verify-email',
    '/change-email',
    '/undo-email',
    '/consent/x7',
    '/device',
  ])('%s is a small page by itself', async (url) => {
    expect((await app.inject(url)).body).toContain('auth');
  });

  it.each(['/', '/account', '/account/sessions', '/console', '/console/keys/x7', '/console?q=a'])(
    '%s is for the signed in',
    async (url) => {
      const { body, headers } = await app.inject(url);
      expect(body).toContain('app');
      expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    },
  );

  it.each([
    '/sign-in/',
    '/setup/x',
    '/accounts',
    '/consoles',
    '/app.html',
    '/auth.html',
    '/docs.html',
    '/docs/x',
    '/.env',
    '/notes.md',
    '/assets',
    '/assets/app-Bx1_-9.js.map',
    '/assets/app-Bx1_-9.js.br',
    '/assets/../app.html',
  ])('%s is not one', async (url) => {
    const { statusCode, headers, body } = await app.inject({ url, headers: { accept: 'text/html,*/*' } });
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body).toContain('There is no page here');
    expect(body).not.toMatch(/<style|style=|<script/);
  });

  it('that are not there are a problem to programs, and on the paths of programs', async () => {
    expect((await app.inject('/nope')).json().code).toBe('not_found');
    for (const url of ['/api/v1/nope', '/trpc/a/b', '/.well-known/nope']) {
      expect((await app.inject({ url, headers: { accept: 'text/html' } })).json().code).toBe('not_found');
    }
  });

  it('carry the policy that lets only our own scripts run', async () => {
    const { headers } = await app.inject('/sign-in');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });
});

describe('the files', () => {
  it('whose names change with their content are kept for good', async () => {
    const { headers, body } = await app.inject('/assets/app-Bx1_-9.js');
    expect(body).toBe(SCRIPT);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect((await app.inject('/favicon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it('come compressed as the browser likes', async () => {
    const ask = (encodings: string) =>
      app.inject({ url: '/assets/app-Bx1_-9.js', headers: { 'accept-encoding': encodings } });
    const [br, gz, none, refused] = await Promise.all(['gzip, deflate, br', 'gzip', 'identity', 'br;q=0'].map(ask));
    expect(br?.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(brotliDecompressSync(br!.rawPayload).toString()).toBe(SCRIPT);
    expect(gunzipSync(gz!.rawPayload).toString()).toBe(SCRIPT);
    expect([none?.headers['content-encoding'], refused?.headers['content-encoding']]).toEqual([undefined, undefined]);
    const font = await app.inject({ url: '/assets/font.woff2', headers: { 'accept-encoding': 'br' } });
    expect(font.headers['content-encoding']).toBeUndefined();
  });

  it("aren't sent again while they are the same", async () => {
    const { headers } = await app.inject('/');
    const again = await app.inject({ url: '/', headers: { 'if-none-match': String(headers.etag) } });
    expect([again.statusCode, again.body, again.headers['content-security-policy']]).toEqual([
      304,
      '',
      headers['content-security-policy'],
    ]);
  });

  it('have heads', async () => {
    const { body, headers } = await app.inject({ method: 'HEAD', url: '/' });
    expect([body, Number(headers['content-length'])]).toEqual(['', '<!doctype html><title>app</title>'.length]);
  });
});

it('starts without pages where they were not built', async () => {
  const bare = createHttp({ config: CONFIG, log: createLog('silent') });
  registerPages(bare, join(folder, 'nowhere'));
  expect((await bare.inject('/')).statusCode).toBe(404);
});
