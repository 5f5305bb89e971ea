import { mkdtempSync, openAsBlob, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import { openStorage, type PostgresDriver, type Storage, type StorageLocation } from '@latchkey/server/storage';
import { drizzle } from 'drizzle-orm/pglite';
import { afterAll, afterEach, describe, inject } from 'vitest';

export type DatabaseName = 'SQLite' | 'PGlite' | 'PostgreSQL';

type Place = { location: StorageLocation; remove(): void | Promise<void> };

const NEW_PLACE: Record<DatabaseName, () => Promise<Place>> = {
  SQLite: newSqliteFile,
  PGlite: emptyPglite,
  PostgreSQL: newPostgresDatabase,
};

/** Describes the same promises for each database. `open` gives a new, empty, migrated one, which is closed after the test. */
export function onEveryDatabase(promises: (name: DatabaseName, open: () => Promise<Storage>) => void): void {
  for (const name of Object.keys(NEW_PLACE) as DatabaseName[]) {
    describe(`on ${name}`, () => {
      const leave: (() => Promise<void>)[] = [];
      afterEach(async () => {
        for (const each of leave.splice(0)) await each();
      });
      promises(name, async () => {
        const { location, remove } = await NEW_PLACE[name]();
        const storage = await openStorage(location);
        leave.push(async () => {
          await storage.close();
          await remove();
        });
        return storage;
      });
    });
  }
  afterAll(async () => {
    await pglite?.close();
    pglite = null;
  });
}

async function newSqliteFile(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sqlite-'));
  return {
    location: { kind: 'sqlite', file: join(folder, 'latchkey.db') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The URL of a new, empty database on the run's real PostgreSQL. */
export async function freshPostgresUrl(): Promise<string> {
  return askDesk('/postgres');
}

/** See `setup` in postgres-global-setup.ts. */
async function askDesk(path: string): Promise<string> {
  const answer = await fetch(inject('databaseDesk') + path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

async function newPostgresDatabase(): Promise<Place> {
  return { location: { kind: 'postgres', url: await freshPostgresUrl() }, remove: () => undefined };
}

/** One takes a second to open, so a file's tests share it, one after the other. */
let pglite: PGlite | null = null;

async function emptyPglite(): Promise<Place> {
  pglite ??= await PGlite.create({ loadDataDir: await openAsBlob(await askDesk('/pglite')) });
  await pglite.exec('drop schema public cascade; create schema public;');
  return { location: { kind: 'driver', driver: driverOver(pglite) }, remove: () => undefined };
}

function driverOver(client: PGlite): PostgresDriver {
  return {
    read: drizzle({ client }),
    transaction: (work) => client.transaction((tx) => work(drizzle({ client: tx as unknown as PGlite }))),
    migrate: (work) => client.transaction((tx) => work(drizzle({ client: tx as unknown as PGlite }))),
    close: async () => undefined,
  };
}
