import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { freshPostgresUrl } from '@latchkey/testkit';
import { ADMIN_ENVIRONMENT } from '@latchkey/testkit/first-admin';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const SECRET = 'a secret of thirty-two bytes or more';

/** Of a documentation network (RFC 5737), so that no machine has it. */
const NOBODYS = '203.0.113.7';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-start-'));
  writeFileSync(join(folder, 'file'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The real server, which must end by itself and at once. Returns the one line that says why. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const inherited = { PATH: process.env['PATH'], PORT: '0', LATCHKEY_DATA_DIR: join(folder, 'data') };
  const child = spawn(process.execPath, [MAIN], { env: { ...inherited, ...environment }, timeout: 10_000 });
  const [out, said, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  expect(code).toBe(1);
  expect(out).not.toMatch(/"level":"(?:error|fatal)"/);
  const [, line = said] = /^Latchkey can't start: (?:This configuration can't be used:\n {2})?(.+)\n$/.exec(said) ?? [];
  return line;
}

describe('a start that can’t be', { timeout: 60_000 }, () => {
  it.each(['1', '2'])('names the first admin’s weak password, with %s workers', async (LATCHKEY_WORKERS) => {
    const environment = { ...ADMIN_ENVIRONMENT, LATCHKEY_ADMIN_PASSWORD: 'password', LATCHKEY_WORKERS };
    expect(await refusal(environment)).toMatch(/^LATCHKEY_ADMIN_PASSWORD must be harder to guess/);
  });

  it.each([
    ['is a file', 'file', /ENOTDIR/],
    ['lies in a file', 'file/in/it', /ENOTDIR/],
    ['holds a folder where the secret belongs', 'with-secret', /EISDIR/],
    ['holds a folder where the database belongs', 'with-database', /EISDIR/],
    ['takes no folder', '/proc/nope', /ENOENT.*\/proc\/nope/],
  ])('names a data folder that %s', async (_, name, why) => {
    mkdirSync(join(folder, 'with-secret/secret'), { recursive: true });
    mkdirSync(join(folder, 'with-database/latchkey.sqlite'), { recursive: true });
    const line = await refusal({ LATCHKEY_DATA_DIR: name.startsWith('/') ? name : join(folder, name) });
    expect(line).toMatch(/^LATCHKEY_DATA_DIR must name a folder that can be made and written to/);
    expect(line).toMatch(why);
  });

  it('names a data folder that is only for the database too', async () => {
    const line = await refusal({ LATCHKEY_DATA_DIR: '/proc/nope', LATCHKEY_SECRET: SECRET });
    expect(line).toMatch(/^LATCHKEY_DATA_DIR must name a folder/);
  });

  it('names the database that can’t be used, and not its password', async () => {
    const away = await refusal({ DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/none' });
    expect(away).toMatch(/^DATABASE_URL names a database that can't be used: connect ECONNREFUSED/);
    expect(away).not.toContain('hunter2');
    writeFileSync(join(folder, 'latchkey.sqlite'), 'no database at all'.repeat(1_000));
    const damaged = await refusal({ LATCHKEY_DATA_DIR: folder });
    expect(damaged).toMatch(/^LATCHKEY_DATA_DIR holds a database that can't be used: file is not a database/);
  });

  it('names the database in which its role may make no tables', async () => {
    const url = new URL(await freshPostgresUrl());
    const owner = new pg.Client(url.href);
    await owner.connect();
    await owner.query("drop role if exists guest; create role guest login password 'hunter2'");
    await owner.end();
    [url.username, url.password] = ['guest', 'hunter2'];
    const line = await refusal({ DATABASE_URL: url.href });
    expect(line).toMatch(/^DATABASE_URL names a database that can't be used: .*permission denied/);
  });

  it.each([
    [NOBODYS, '0'],
    [NOBODYS, '4700'],
    ['nobody.invalid', '0'],
  ])('names a host that isn’t here, and makes nothing: %s, port %s', async (HOST, PORT) => {
    const line = await refusal({ HOST, PORT, LATCHKEY_WORKERS: '2' });
    expect(line).toMatch(/^HOST must be an address of this machine \(E/);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it.each(['1', '2'])('names a port that is taken, with %s workers', async (LATCHKEY_WORKERS) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const PORT = String((other.address() as AddressInfo).port);
    expect(await refusal({ PORT, LATCHKEY_WORKERS })).toMatch(/^PORT must be free.*\(EADDRINUSE\)/);
    other.close();
  });
});
