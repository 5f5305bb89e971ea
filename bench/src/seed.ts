import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from 'node:crypto';

import { chained, verifyChain } from '@latchkey/server/audit';
import { compose, createLog, readConfig } from '@latchkey/server/compose';
import { PASSWORD_COST } from '@latchkey/server/password-hash';
import { openStorage, type Tables } from '@latchkey/server/storage';
import { hashSync } from '@node-rs/argon2';
import Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';

import {
  ADMIN,
  auditEntryId,
  keyText,
  PASSWORD,
  PEOPLE,
  personEmail,
  personId,
  sampleKey,
  serviceAccountId,
  serviceAccounts,
} from './sample.ts';

const DATA = join(import.meta.dirname, '../.data');
/** Part of the folder's name: what was seeded by other rules isn't used again. */
const RULES = 2;
const ROWS_AT_ONCE = 50_000;
const YEAR_MS = 365 * 86_400_000;

/** The data folder of a server with so many keys and so many audit entries, made when it isn't there yet. */
export async function seededFolder(rows: number, say: (text: string) => void): Promise<string> {
  const folder = join(DATA, `rows-${rows}-rules-${RULES}`);
  const done = join(folder, 'seeded');
  if (existsSync(done)) return folder;
  const startedMs = performance.now();
  say(`Seeding ${rows.toLocaleString('en')} keys and as many audit entries, once …`);
  rmSync(folder, { recursive: true, force: true });
  await makeEmpty(folder);
  await fill(join(folder, 'latchkey.sqlite'), rows);
  writeFileSync(done, '');
  say(`Seeded in ${((performance.now() - startedMs) / 1000).toFixed(0)} s; the audit chain was verified.`);
  return folder;
}

/** What the server itself makes at its first start: secret, tables, signing keys, the first admin. */
async function makeEmpty(folder: string): Promise<void> {
  const config = readConfig({ LATCHKEY_DATA_DIR: folder });
  const composed = await compose({ config, log: createLog('error') });
  await composed.services.signIn.createFirstAdmin(ADMIN.email, ADMIN.password);
  await composed.close();
}

async function fill(file: string, rows: number): Promise<void> {
  const storage = await openStorage({ kind: 'sqlite', file });
  const { tables } = storage.read;
  const [head] = await storage.read.db.select().from(tables.auditHead);
  await storage.close();
  if (!head) throw new Error('the server recorded nothing while it was set up');
  // Or SQLite, in its defensive mode, would overlook that there is to be no journal.
  const database = new Database(file).unsafeMode();
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -1000000']) database.pragma(pragma);
  insert(database, tables.accounts, accountRows(rows));
  insert(database, tables.accountRoles, roleRows(rows));
  insert(database, tables.apiKeys, keyRows(rows));
  const chain = auditRows(head, rows);
  insert(database, tables.auditEntries, chain);
  insert(database, tables.auditHead, [{ ...head, number: head.number + rows, digest: chain.lastDigest() }]);
  // Or the server would look through all of it for alerts, while it is measured.
  insert(database, tables.followers, [{ name: 'alerts', entryNumber: head.number + rows }]);
  database.pragma('journal_mode = WAL');
  database.close();
  await requireSoundChain(file);
}

async function requireSoundChain(file: string): Promise<void> {
  const storage = await openStorage({ kind: 'sqlite', file });
  const broken = await verifyChain(storage.read);
  await storage.close();
  if (broken !== null) throw new Error(`the seeded audit chain is broken at ${broken}`);
}

type Table = Tables[keyof Tables];

/** By the tables' own columns, in big transactions. */
function insert<One extends Table>(database: Database.Database, table: One, rows: Iterable<One['$inferSelect']>): void {
  const columns = Object.entries(getTableColumns(table));
  const names = columns.map(([, { name }]) => `"${name}"`).join(', ');
  const places = columns.map(() => '?').join(', ');
  const statement = database.prepare(`INSERT OR REPLACE INTO "${getTableName(table)}" (${names}) VALUES (${places})`);
  let inserted = 0;
  database.exec('BEGIN');
  for (const row of rows as Iterable<Record<string, unknown>>) {
    statement.run(
      columns.map(([property, column]) => stored(row[property], (value) => column.mapToDriverValue(value))),
    );
    inserted += 1;
    if (inserted % ROWS_AT_ONCE === 0) database.exec('COMMIT; BEGIN');
  }
  database.exec('COMMIT');
}

function stored(value: unknown, encode: (value: unknown) => unknown): unknown {
  return value === null || value === undefined ? null : encode(value);
}

type Row<Name extends keyof Tables> = Tables[Name]['$inferSelect'];

function* accountRows(keys: number): Generator<Row<'accounts'>> {
  const createdAtMs = Date.now() - YEAR_MS;
  const passwordHash = hashSync(PASSWORD, PASSWORD_COST);
  const unknown = { passwordChangedAtMs: null, lastSignInAtMs: null, emailVerifiedAtMs: null };
  const common = { status: 'active', createdAtMs, ...unknown } as const;
  for (let number = 0; number < PEOPLE; number += 1) {
    const email = personEmail(number);
    yield { ...common, id: personId(number), kind: 'person', email, name: `Person ${number}`, passwordHash };
  }
  for (let number = 0; number < serviceAccounts(keys); number += 1) {
    const id = serviceAccountId(number);
    yield { ...common, id, kind: 'service', email: null, name: `Service ${number}`, passwordHash: null };
  }
}

function* roleRows(keys: number): Generator<Row<'accountRoles'>> {
  for (let number = 0; number < PEOPLE; number += 1) yield { accountId: personId(number), role: 'member' };
  for (let number = 0; number < serviceAccounts(keys); number += 1) {
    yield { accountId: serviceAccountId(number), role: 'member' };
  }
}

function* keyRows(keys: number): Generator<Row<'apiKeys'>> {
  const firstMs = Date.now() - YEAR_MS;
  for (let number = 0; number < keys; number += 1) {
    const { id, secret, accountId } = sampleKey(number);
    yield {
      id,
      accountId,
      name: `Key ${number}`,
      secretDigest: hash('sha256', secret, 'base64url'),
      previousSecretDigest: null,
      previousSecretUntilMs: null,
      permissions: ['api_keys:read'],
      allowQuery: false,
      ipAllowList: [],
      rateLimit: null,
      quota: null,
      createdAtMs: firstMs + Math.floor((number / keys) * YEAR_MS),
      expiresAtMs: null,
      rotatedAtMs: null,
      revokedAtMs: null,
      lastUsedAtMs: null,
      remindAtMs: null,
    };
  }
}

/** A chain that goes on where the server's own entries end. */
function auditRows(head: Row<'auditHead'>, entries: number): Iterable<Row<'auditEntries'>> & { lastDigest(): string } {
  let { digest } = head;
  const firstMs = Date.now() - YEAR_MS;
  return {
    lastDigest: () => digest,
    *[Symbol.iterator]() {
      for (let number = 0; number < entries; number += 1) {
        const atMs = firstMs + Math.floor((number / entries) * YEAR_MS);
        const entry = chained(digest, auditRow(number, { number: head.number + 1 + number, atMs }));
        ({ digest } = entry);
        yield entry;
      }
    },
  };
}

function auditRow(key: number, { number, atMs }: { number: number; atMs: number }): Parameters<typeof chained>[1] {
  const { id, accountId } = sampleKey(key);
  return {
    number,
    id: auditEntryId(number),
    atMs,
    act: 'api_key.created',
    actorKind: 'person',
    actorId: personId(key % PEOPLE),
    actorName: personEmail(key % PEOPLE),
    credentialKind: 'session',
    credentialId: null,
    targetKind: 'api_key',
    targetId: id,
    targetName: `Key ${key}`,
    address: '192.0.2.1',
    requestId: null,
    details: { accountId, permissions: ['api_keys:read'], expiresAtMs: null },
    personalDetails: null,
  };
}

/** The texts of keys from all over the table. */
export function spreadKeys(rows: number, count: number): { text: string; id: string }[] {
  const step = Math.max(1, Math.floor(rows / count));
  return Array.from({ length: Math.min(rows, count) }, (_, index) => {
    const key = sampleKey(index * step);
    return { text: keyText(key), id: key.id };
  });
}
