import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';

import { openPostgres, type Postgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a run's test files get what is made once for all of them: see `setup`. */
    databaseDesk: string;
  }
}

/**
 * What all test files of a run share, made when the first of them asks: GET `/postgres` answers the URL of a new, empty
 * database on one real PostgreSQL; GET `/pglite` the path of a PGlite as it is after its own set-up, which takes seconds.
 */
export async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-run-'));
  let postgres: Promise<Postgres> | null = null;
  let pglite: Promise<string> | null = null;
  const answers: Record<string, () => Promise<string>> = {
    '/postgres': async () => (await (postgres ??= openPostgres())).createDatabase(),
    '/pglite': () => (pglite ??= writeNewPglite(join(folder, 'pglite.tar'))),
  };
  const desk = createServer((request, response) => {
    response.shouldKeepAlive = false; // a connection that idles would be closed under the next question
    const answer = answers[request.url ?? '']?.() ?? Promise.reject(new Error(`nothing is made at ${request.url}`));
    answer.then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await once(desk.listen(0, '127.0.0.1'), 'listening');
  project.provide('databaseDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    desk.closeAllConnections();
    await (await postgres)?.remove();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function writeNewPglite(file: string): Promise<string> {
  const fresh = await PGlite.create();
  const files = await fresh.dumpDataDir('none');
  await fresh.close();
  writeFileSync(file, await files.bytes());
  return file;
}
