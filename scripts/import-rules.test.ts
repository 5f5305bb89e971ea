import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { importFaults } from './import-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const OXLINT = join(ROOT, 'node_modules/oxlint/bin/oxlint');

function faultsOf(path: string, text: string): string[] {
  return importFaults([{ path, text }]);
}

describe('the import rules', () => {
  it('let a feature use the layers below it, each through its door', () => {
    const text = `
      import { Problem } from '../problems/index.ts';
      import type { Rpc } from '../rpc/index.ts';
      import * as rows from './rows.ts';
      import { apiKey } from '@latchkey/schemas';
      import fastify from 'fastify';`;
    expect(faultsOf('apps/server/src/api-keys/service.ts', text)).toEqual([]);
  });

  it.each([
    ['a low layer a feature', 'apps/server/src/storage/storage.ts', `import '../accounts/index.ts'`],
    [
      'a low layer a feature, for its types',
      'apps/server/src/crypto/a.ts',
      `import type { A } from '../audit/index.ts'`,
    ],
    ['the kits a feature', 'apps/server/src/rpc/index.ts', `export { audit } from '../audit/index.ts'`],
    ['a feature one above it', 'apps/server/src/sessions/service.ts', `const a = await import('../sign-in/index.ts')`],
    ['a feature one beside it', 'apps/server/src/tokens/service.ts', `export * from '../api-keys/index.ts'`],
    [
      'a feature a file that knows everyone',
      'apps/server/src/audit/router.ts',
      `import { compose } from '../compose.ts'`,
    ],
    [
      'a file another folder by its side door',
      'apps/server/src/compose.ts',
      `import { rows } from './accounts/rows.ts'`,
    ],
    ['a test another folder by its side door', 'apps/server/src/tokens/a.test.ts', `import '../accounts/rows.ts'`],
    ['a folder that the list does not know', 'apps/server/src/misc/index.ts', `import '../time/index.ts'`],
    ['a page one beside it', 'apps/web/src/features/people/a.tsx', `import { b } from '../settings/b.tsx'`],
    ['the components a call', 'apps/web/src/ui/table.tsx', `import { server } from '../rpc/client.ts'`],
    ['the signed-out pages the shell', 'apps/web/src/signed-out/a.tsx', `import { b } from '../routes/b.ts'`],
    ['a page that the list does not know', 'apps/web/src/features/misc/a.tsx', `import { b } from '../../ui/b.tsx'`],
    ['schemas more than zod', 'packages/schemas/src/ids.ts', `import { randomUUID } from 'node:crypto'`],
    ['credentials more than jose', 'packages/credentials/src/index.ts', `import fastify from 'fastify'`],
    ['the web the server', 'apps/web/src/main.tsx', `import { appRouter } from '@latchkey/server/router'`],
    ['the web a file of the server', 'apps/web/src/main.tsx', `import type { A } from '../../server/src/router.ts'`],
    ['a journey the server', 'e2e/keys.spec.ts', `import type { AppRouter } from '@latchkey/server/router'`],
    ['the server the testkit', 'apps/server/src/main.ts', `import { openTestServer } from '@latchkey/testkit'`],
  ])('refuse %s', (_who, path, text) => {
    expect(faultsOf(path, text)).toHaveLength(1);
  });

  it.each([
    [
      'the web the type of the router',
      'apps/web/src/rpc/client.ts',
      `import type { AppRouter } from '@latchkey/server/router'`,
    ],
    [
      'a test the door of any folder',
      'apps/server/src/storage/a.test.ts',
      `import { createAudit } from '../audit/index.ts'`,
    ],
    [
      'a test of the server the testkit',
      'apps/server/src/audit/a.test.ts',
      `import { postgres } from '@latchkey/testkit'`,
    ],
    ['zod its parts', 'packages/schemas/src/ids.ts', `import * as z from 'zod/mini'`],
  ])('let %s in', (_who, path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });
});

describe('the linter', () => {
  it('refuses files that import each other, types included', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-cycle-'));
    try {
      writeFileSync(join(folder, 'a.ts'), `import type { B } from './b.ts';\nexport type A = B | null;\n`);
      writeFileSync(join(folder, 'b.ts'), `import type { A } from './a.ts';\nexport type B = A | null;\n`);
      const lint = spawnSync(process.execPath, [OXLINT, '--config', join(ROOT, '.oxlintrc.json'), folder], {
        encoding: 'utf8',
      });
      expect(lint.stdout).toContain('no-cycle');
      expect(lint.status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
