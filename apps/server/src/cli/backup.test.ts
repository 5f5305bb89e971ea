import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { ADMIN, ADMIN_ENVIRONMENT, adminCookie, postRest } from '@latchkey/testkit/first-admin';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const TIMEOUT_MS = 120_000;

type Ran = { code: number | null; out: string; error: string };
type Checks = { healthy: boolean; checks: { check: string; outcome: string; says: string; remedy?: string }[] };

const folder = mkdtempSync(join(tmpdir(), 'latchkey-backup-'));
const dataDir = join(folder, 'data');
const database = join(dataDir, 'latchkey.sqlite');
const copy = join(folder, 'copy.sqlite');
let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ dataDir, env: ADMIN_ENVIRONMENT });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function latchkey(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const inherited = { PATH: process.env['PATH'], LATCHKEY_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...inherited, ...env } });
  const [out, error, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  return { code: code as number | null, out, error };
}

const refusal = (words: RegExp): Ran => ({
  code: 1,
  out: '',
  error: expect.stringMatching(new RegExp(`^latchkey: [^\\n]*${words.source}[^\\n]*\\n$`)) as string,
});

async function invite(email: string, cookie?: string): Promise<number> {
  return (await postRest(server.url, '/users', { email }, cookie ?? (await adminCookie(server.url)))).status;
}

async function checks(
  env: Record<string, string> = {},
): Promise<{ code: number | null; of: Map<string, Checks['checks'][number]> }> {
  const { code, out } = await latchkey(['doctor', '--json'], env);
  return { code, of: new Map((JSON.parse(out) as Checks).checks.map((each) => [each.check, each])) };
}

/** A file whose newest audit entry says something else than it did. */
function tamper(file: string): void {
  const connection = new Database(file);
  connection.exec(
    "update audit_entries set act = 'account.enabled' where number = (select max(number) from audit_entries)",
  );
  connection.close();
}

describe('a backup', { timeout: TIMEOUT_MS }, () => {
  it('is taken while the server writes, whole, private, and without the secret', async () => {
    // One sign-in for all: so many at once would be guessing.
    const cookie = await adminCookie(server.url);
    const writing = Promise.all(Array.from({ length: 20 }, (_, each) => invite(`busy-${each}@example.com`, cookie)));
    const { code, out } = await latchkey(['backup', copy]);
    expect([code, out]).toEqual([
      0,
      `Copied the database to ${copy}. The secret isn’t in it: keep a copy of that elsewhere.\n`,
    ]);
    expect(new Set(await writing)).toEqual(new Set([201]));
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readFileSync(copy).includes(readFileSync(join(dataDir, 'secret'), 'utf8').trim())).toBe(false);
    expect(existsSync(`${copy}-wal`)).toBe(false);
  });

  it('overwrites nothing, and says what is missing', async () => {
    const elsewhere = { LATCHKEY_DATA_DIR: join(folder, 'nowhere') };
    expect(await latchkey(['backup', copy])).toEqual(refusal(/is there already/));
    expect(await latchkey(['backup', join(folder, 'no/folder/x')])).toEqual(refusal(/There is no folder/));
    expect(await latchkey(['backup', join(folder, 'x')], elsewhere)).toEqual(refusal(/There is no database/));
    expect(existsSync(elsewhere.LATCHKEY_DATA_DIR)).toBe(false);
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'empty/latchkey.sqlite'), '');
    const empty = { LATCHKEY_DATA_DIR: join(folder, 'empty') };
    expect(await latchkey(['backup', join(folder, 'x')], empty)).toEqual(refusal(/holds no Latchkey database/));
    expect(await latchkey(['audit', 'verify'], empty)).toEqual(
      refusal(/LATCHKEY_DATA_DIR holds a database that can't/),
    );
  });

  it('of PostgreSQL is for PostgreSQL’s own program', async () => {
    const env = { DATABASE_URL: 'postgres://localhost/latchkey' };
    expect(await latchkey(['backup', join(folder, 'x')], env)).toEqual(refusal(/Use pg_dump/));
    expect(await latchkey(['restore', copy], env)).toEqual(refusal(/Use pg_restore/));
  });
});

describe('another secret', { timeout: TIMEOUT_MS }, () => {
  it('is told in one line by the server and by the command line, not as a bug', async () => {
    const stranger = { LATCHKEY_SECRET: 'another secret of thirty-two bytes or more' };
    const line = /No secret in LATCHKEY_SECRET opens the signing key \S+\. Add the secret/;
    const args = ['users', 'create', '--email', 'late@example.com'];
    expect(await latchkey(args, stranger)).toEqual(refusal(line));
    const started = startServerProcess({ dataDir, env: stranger });
    await expect(started).rejects.toThrow(new RegExp(`Latchkey can't start: ${line.source}[^\\n]+\\n$`));
  });
});

describe('restoring', { timeout: TIMEOUT_MS }, () => {
  it('is refused while the server runs, and changes nothing', async () => {
    expect(await latchkey(['restore', copy])).toEqual(refusal(/The server is running on this database/));
    expect(await invite('after-refusal@example.com')).toBe(201);
  });

  it('is refused for what isn’t a whole backup of this server', async () => {
    const other = join(folder, 'other.sqlite');
    new Database(other).exec('create table t (a)').close();
    const forged = join(folder, 'forged.sqlite');
    writeFileSync(forged, readFileSync(copy));
    tamper(forged);
    const stranger = { LATCHKEY_SECRET: 'another secret of thirty-two bytes or more' };
    await server.stop();
    expect(await latchkey(['restore', other])).toEqual(refusal(/no Latchkey database/));
    expect(await latchkey(['restore', CLI])).toEqual(refusal(/can’t be used/));
    expect(await latchkey(['restore', forged])).toEqual(refusal(/Entry \d+ of the backup’s audit log was changed/));
    expect(await latchkey(['restore', copy], stranger)).toEqual(refusal(/secret here doesn’t open/));
    expect(await latchkey(['restore', join(folder, 'nothing')])).toEqual(refusal(/There is no file/));
    const inFile = { LATCHKEY_DATA_DIR: join(copy, 'in/it') };
    expect(await latchkey(['restore', copy], inFile)).toEqual({ ...refusal(/LATCHKEY_DATA_DIR must name/), code: 2 });
  });

  it('brings back what the backup holds, and keeps what was there', async () => {
    const { code, out } = await latchkey(['restore', copy, '--json']);
    const { kept } = JSON.parse(out) as { kept: string };
    expect([code, existsSync(kept), existsSync(copy)]).toEqual([0, true, true]);
    server = await startServerProcess({ dataDir, env: ADMIN_ENVIRONMENT });
    expect((await postRest(server.url, '/session', ADMIN)).status).toBe(200);
    // Made after the backup, so that it is free again.
    expect(await invite('after-refusal@example.com')).toBe(201);
    expect((await latchkey(['audit', 'verify'])).out).toMatch(/^The audit log is whole: \d+ entries\.\n$/);
  });
});

describe('the signing keys', { timeout: TIMEOUT_MS }, () => {
  it('rotate: says from when on the next one signs', async () => {
    const { code, out } = await latchkey(['signing-keys', 'rotate', '--json']);
    const { kid, activeFromMs } = JSON.parse(out) as { kid: string; activeFromMs: number };
    const { keys } = (await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
    expect([code, keys.some((key) => key.kid === kid)]).toEqual([0, true]);
    expect(activeFromMs).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });
});

describe('doctor', { timeout: TIMEOUT_MS }, () => {
  it('finds a healthy server healthy, beside it while it runs', async () => {
    const { code, of } = await checks();
    expect([code, ...new Set([...of.values()].map(({ outcome }) => outcome))]).toEqual([0, 'ok']);
    expect([...of.keys()]).toEqual(
      expect.arrayContaining([
        'configuration',
        'secret',
        'database',
        'audit log',
        'signing keys',
        'authenticator apps',
        'clock',
        'disk',
        'address',
      ]),
    );
  });

  it('tells of events that a webhook hasn’t taken, or that wait for one that isn’t set any more', async () => {
    const env = {
      LATCHKEY_ALERT_WEBHOOK_URL: 'https://hooks.example.com/alerts?token=hidden',
      LATCHKEY_ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    };
    expect((await checks()).of.has('alert webhook')).toBe(false);
    expect((await checks(env)).of.get('alert webhook')?.outcome).toBe('ok');
    const writer = new Database(database);
    const later = Date.now() + 3_600_000;
    writer.prepare(`insert into alert_deliveries values ('msg_1', 'alr_1', 'alert.opened', 0, 3, ?)`).run(later);
    const { code, of } = await checks(env);
    const without = (await checks()).of.get('alert webhook');
    writer.exec('delete from alert_deliveries');
    writer.close();
    const says = expect.stringMatching(/^hooks\.example\.com hasn’t taken 1 /) as string;
    expect([code, of.get('alert webhook')]).toMatchObject([0, { outcome: 'warn', says }]);
    expect(without).toMatchObject({ outcome: 'warn', says: 'None is set, though events wait for one: 1.' });
  });

  it('names what is wrong, with the remedy, and ends with 1', async () => {
    chmodSync(join(dataDir, 'secret'), 0o644);
    const open = await checks();
    chmodSync(join(dataDir, 'secret'), 0o600);
    expect([open.code, open.of.get('secret')]).toMatchObject([
      1,
      { outcome: 'fail', remedy: expect.stringMatching(/chmod 600/) },
    ]);
    const other = await checks({ LATCHKEY_SECRET: 'another secret of thirty-two bytes or more' });
    expect([other.code, other.of.get('signing keys')?.outcome]).toEqual([1, 'fail']);
    const bare = await checks({ LATCHKEY_URL: 'https://id.example.com' });
    expect([bare.code, bare.of.get('address')]).toMatchObject([
      1,
      { remedy: expect.stringMatching(/LATCHKEY_TRUSTED_PROXIES/) },
    ]);
    const config = await checks({ PORT: 'x', LATCHKEY_URL: 'ftp://x' });
    expect([config.code, config.of.get('configuration')?.says]).toEqual([
      1,
      expect.stringMatching(/LATCHKEY_URL.*|PORT/),
    ]);
    const away = await checks({ DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    expect([away.code, away.of.get('database')?.outcome]).toEqual([1, 'fail']);
    await server.stop();
    tamper(database);
    const forged = await checks();
    expect([forged.code, forged.of.get('audit log')?.outcome]).toEqual([1, 'fail']);
    expect(await latchkey(['audit', 'verify'])).toEqual(refusal(/was changed, removed or put in/));
  });

  it('tells a data folder that can’t be one', async () => {
    for (const LATCHKEY_DATA_DIR of [copy, join(copy, 'in/it')]) {
      const { code, of } = await checks({ LATCHKEY_DATA_DIR });
      expect([code, of.get('data folder')]).toMatchObject([
        1,
        { outcome: 'fail', remedy: 'Correct LATCHKEY_DATA_DIR.' },
      ]);
    }
  });

  it('asks nothing of a data folder in which nothing would lie', async () => {
    const { of } = await checks({
      LATCHKEY_DATA_DIR: join(copy, 'in/it'),
      LATCHKEY_SECRET: 'a secret of thirty-two bytes or more',
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
      SMTP_URL: 'smtp://127.0.0.1:1',
    });
    expect([of.has('data folder'), of.get('secret')?.outcome, of.get('database')?.outcome]).toEqual([
      false,
      'ok',
      'fail',
    ]);
  });

  it('doesn’t say that nothing is there where it can’t look', async () => {
    const loop = join(folder, 'loop');
    symlinkSync(loop, loop);
    const ran = await latchkey(['settings', 'show'], { LATCHKEY_DATA_DIR: loop });
    expect(ran).toEqual(refusal(/LATCHKEY_DATA_DIR holds a database that can't be used: ELOOP/));
  });

  it('makes nothing where nothing is', async () => {
    const nowhere = join(folder, 'nowhere');
    const { code, of } = await checks({ LATCHKEY_DATA_DIR: nowhere });
    expect([code, of.get('database')?.outcome, existsSync(nowhere)]).toEqual([0, 'warn', false]);
  });
});
