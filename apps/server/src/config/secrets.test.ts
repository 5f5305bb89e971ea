import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ConfigError, loadSecrets } from './index.ts';

function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'latchkey-secret-'));
}

it('makes a secret that only its owner reads, and finds it again', async () => {
  const dataDir = emptyFolder();
  const [secret] = await loadSecrets({ secrets: null, dataDir });
  expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(48);
  expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
  expect(await loadSecrets({ secrets: null, dataDir })).toEqual([secret]);
});

it('gives everyone who starts at once the same secret, and leaves no drafts', async () => {
  const dataDir = emptyFolder();
  const all = await Promise.all(Array.from({ length: 20 }, () => loadSecrets({ secrets: null, dataDir })));
  expect(new Set(all.flat()).size).toBe(1);
  expect(readdirSync(dataDir)).toEqual(['secret']);
});

it('prefers the configured ones and then touches no file', async () => {
  expect(await loadSecrets({ secrets: ['a'.repeat(32)], dataDir: '/nowhere/at/all' })).toEqual(['a'.repeat(32)]);
});

it('refuses a file that was emptied rather than sealing with nothing', async () => {
  const dataDir = emptyFolder();
  writeFileSync(join(dataDir, 'secret'), '\n');
  await expect(loadSecrets({ secrets: null, dataDir })).rejects.toThrow(ConfigError);
});
