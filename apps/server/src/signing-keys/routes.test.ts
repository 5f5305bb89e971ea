import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { COMMAND_LINE } from '../actors/index.ts';
import { createAudit } from '../audit/index.ts';
import { createSealer } from '../crypto/index.ts';
import { openStorage, type Storage } from '../storage/index.ts';
import { createSigningKeys, registerSigningKeyRoutes } from './index.ts';

const JWKS = '/.well-known/jwks.json';

let folder: string;
let storage: Storage;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-jwks-'));
  storage = await openStorage({ kind: 'sqlite', file: join(folder, 'latchkey.db') });
});
afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true });
});

function openServer() {
  const clock = () => 1_800_000_000_000;
  const audit = createAudit({ storage, clock });
  const sealer = createSealer(['a master secret of 32 bytes or more']);
  const signingKeys = createSigningKeys({ storage, clock, sealer, audit });
  const app = Fastify();
  registerSigningKeyRoutes(app, signingKeys);
  return { app, signingKeys };
}

describe('the published keys', () => {
  it('[B08] are public ES256 keys and nothing else, each with kid, alg and use', async () => {
    const { app } = openServer();
    const answer = await app.inject(JWKS);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { keys } = answer.json<{ keys: object[] }>();
    expect(keys).toHaveLength(2);
    const text = expect.stringMatching(/^[A-Za-z0-9_-]{43}$/);
    for (const key of keys) {
      expect(key).toEqual({ kty: 'EC', crv: 'P-256', x: text, y: text, kid: text, alg: 'ES256', use: 'sig' });
    }
  });

  it('may be kept for five minutes, and are only sent again when they changed', async () => {
    const { app, signingKeys } = openServer();
    const { headers } = await app.inject(JWKS);
    expect(headers['cache-control']).toBe('public, max-age=300, stale-while-revalidate=600');
    const ask = (tag: string) => app.inject({ url: JWKS, headers: { 'if-none-match': tag } });
    for (const tag of [`${headers.etag}`, `W/${headers.etag}`, `"other", ${headers.etag}`, '*']) {
      const answer = await ask(tag);
      expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([304, '', headers.etag]);
      expect(answer.headers['cache-control']).toBe(headers['cache-control']);
    }
    expect((await ask('"other"')).statusCode).toBe(200);
    await signingKeys.rotate(COMMAND_LINE);
    expect((await ask(`${headers.etag}`)).statusCode).toBe(200);
  });
});
