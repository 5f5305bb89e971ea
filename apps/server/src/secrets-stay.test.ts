import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { Me } from '@latchkey/schemas';
import { codeOfApp, freshPostgresUrl, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import Database from 'better-sqlite3';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createCookieSealer } from './crypto/index.ts';
import { SESSION_LIFETIME_MS } from './sessions/index.ts';
import { MINUTE_MS } from './time/index.ts';

const MASTER = `master-${randomBytes(32).toString('hex')}`;
const newPassword = () => `pass word ${randomBytes(12).toString('hex')}`;

type Made = Record<string, string>;

let server: TestServer;
let errorBodies: string[];
let adminPassword: string;

async function open(environment: Record<string, string>): Promise<Caller> {
  adminPassword = newPassword();
  errorBodies = [];
  const env = { LATCHKEY_SECRET: MASTER, LOG_LEVEL: 'trace', LATCHKEY_ADMIN_PASSWORD: adminPassword, ...environment };
  server = await openTestServer({ environment: env });
  onTestFinished(() => server.close());
  const admin = server.stranger();
  await admin.signIn('admin@example.com', adminPassword);
  return admin;
}

async function contentOf(cookie: string | null) {
  const sealer = createCookieSealer({ secrets: [MASTER], ttlMs: SESSION_LIFETIME_MS, clock: server.clock.now });
  return (await sealer.open(cookie ?? ''))!;
}

/** Issues one of every secret that there is, and uses each. */
async function issueSecrets(admin: Caller): Promise<Made> {
  const [password, changed] = [newPassword(), newPassword()];
  const { invitationLink } = await admin.api.users.create.mutate({ email: 'invited@example.com' });
  const invitation = invitationLink?.split('#')[1] ?? '';
  const person = server.stranger();
  await person.api.invitations.accept.mutate({ token: invitation, name: 'New', password });
  await person.api.session.confirm.mutate({ password });
  await person.api.me.changePassword.mutate({ currentPassword: password, newPassword: changed });
  const { secret: appSecret, enrolment } = await person.api.factors.startTotp.mutate({});
  const code = codeOfApp(appSecret, server.clock.now());
  const { codes } = await person.api.factors.confirmTotp.mutate({ enrolment, code });
  const halfway = server.stranger();
  await halfway.signIn('invited@example.com', changed);
  const first = await contentOf(person.cookie);
  const firstCookie = person.cookie ?? '';
  server.clock.advance(6 * MINUTE_MS);
  await person.rest('GET', '/me');
  const second = await contentOf(person.cookie);
  const { apiKey, secret } = await person.api.apiKeys.create.mutate({
    name: 'key',
    permissions: ['api_keys:read'],
    allowQuery: true,
  });
  const rotated = await person.api.apiKeys.rotate.mutate({ id: apiKey.id, graceSeconds: 60 });
  const { accessToken } = await person.api.tokens.create.mutate({});
  const setup = (await server.services.signIn.issueSetupLink()).split('#')[1] ?? '';
  await person.api.email.askToChange.mutate({ email: 'elsewhere@example.com' });
  const change = await server.tokenMailedTo('elsewhere@example.com');
  await server.stranger().api.passwordReset.request.mutate({ email: 'invited@example.com' });
  const reset = await server.tokenMailedTo('invited@example.com');
  await server.signingKeys.jwks();
  // No error, but as little a place for secrets.
  errorBodies.push(JSON.stringify(await person.api.me.export.mutate({})));
  return {
    'the master secret': MASTER,
    'the admin’s password': adminPassword,
    'a password': password,
    'a changed password': changed,
    'an invitation’s token': invitation,
    'a set-up token': setup,
    'a reset token': reset,
    'a change of address’s token': change,
    'a cookie': firstCookie,
    'a renewed cookie': person.cookie ?? '',
    'a session’s token': first.accessToken.split('.')[2] ?? '',
    'a refresh token': first.refreshToken,
    'its successor': second.refreshToken,
    'an app’s secret': appSecret,
    'an app’s enrolment': enrolment,
    'a recovery code': codes[0] ?? '',
    'a sign-in’s first step': halfway.cookies.get('__Host-latchkey-sign-in') ?? '',
    'an access token': accessToken.split('.')[2] ?? '',
    'a key’s secret': secret.split('_')[2]?.slice(0, 43) ?? '',
    'a rotated key’s secret': rotated.secret.split('_')[2]?.slice(0, 43) ?? '',
    // Whole, for use; their secret parts are what is looked for.
    key: rotated.secret,
    token: accessToken,
  };
}

/** Puts every secret wherever a careless caller, page or proxy might, and keeps what the server answers. */
async function misplace(secrets: Made): Promise<void> {
  const keep = (answer: { status: number; body: unknown }) => {
    if (answer.status >= 400) errorBodies.push(JSON.stringify(answer.body));
  };
  const stranger = server.stranger();
  for (const text of Object.values(secrets)) {
    const path = encodeURIComponent(text);
    // Programs put keys and tokens into paths; a password there can't be told from any other word.
    if (!text.includes(' ')) {
      for (const url of [`/${path}`, `/api/v1/users/${path}`]) keep(await stranger.request('GET', url));
      // On tRPC's wire an error names the call's own path.
      await stranger.request('GET', `/trpc/${path}`);
    }
    const header = text.replaceAll(/[^\x20-\x7e]/g, '');
    keep(await stranger.request('GET', `/trpc/me.get?input=${path}`));
    keep(await stranger.rest('GET', `/me?api_key=${path}&q=${path}`));
    keep(await stranger.rest('GET', '/me', undefined, { authorization: `Basic ${header}` }));
    keep(await stranger.rest('GET', '/me', undefined, { authorization: `Bearer ${header}` }));
    keep(await stranger.rest('GET', '/me', undefined, { 'x-api-key': header }));
    keep(await stranger.rest('GET', '/me', undefined, { cookie: `__Host-latchkey=${header}; api_key=${header}` }));
    keep(await stranger.rest('POST', '/session', { email: text, password: text }));
    keep(await stranger.rest('POST', '/session', { email: 'admin@example.com', password: text, remember: text }));
    keep(await stranger.rest('POST', '/session', `{"email": ${JSON.stringify(text)}`));
    keep(await stranger.rest('POST', '/tokens', { audience: text, ttlSeconds: text }));
    keep(await stranger.request('POST', '/trpc/invitations.accept', { token: text, name: text, password: 'short' }));
    keep(
      await stranger.request('POST', '/trpc/setup.complete', { token: text, email: text, name: text, password: text }),
    );
    server.clock.advance(60 * MINUTE_MS);
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
}

/** Mail breaks long lines (RFC 2045 section 6.7). */
function unfolded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(/=\r?\n/g, ''), 'latin1');
}

/** Which of the secrets stand in these bytes, as they are or as URLs write them. */
function foundIn(bytes: Buffer, secrets: Made): string[] {
  return Object.entries(secrets).flatMap(([name, text]) =>
    bytes.includes(text) || bytes.includes(encodeURIComponent(text)) ? [name] : [],
  );
}

/** The failing query's values must stay out of the log as well. */
async function provokeFailures(admin: Caller, sabotage: () => Promise<() => Promise<void>>): Promise<Made> {
  const mend = await sabotage();
  const password = newPassword();
  const tries = [
    await admin.rest('POST', '/api-keys', { name: 'key', permissions: [] }),
    await admin.rest('POST', '/users', { email: 'x@example.com', password }),
    await server.stranger().rest('POST', '/session', { email: 'admin@example.com', password: adminPassword }),
  ];
  for (const { status, body } of tries) {
    expect(status).toBe(500);
    errorBodies.push(JSON.stringify(body));
  }
  await mend();
  return { 'a password that wasn’t taken': password };
}

describe('a secret', () => {
  it('is in no log, no file but its own, and no error, on SQLite [V16.2.5]', async () => {
    const admin = await open({});
    const file = join(server.dataDir, 'latchkey.sqlite');
    const secrets = await issueSecrets(admin);
    await misplace(secrets);
    const again = server.stranger();
    await again.signIn('admin@example.com', adminPassword);
    const failed = await provokeFailures(again, async () => {
      const beside = new Database(file);
      beside.exec(`create trigger no_audit before insert on audit_entries begin select raise(abort, 'no'); end`);
      return async () => {
        beside.exec('drop trigger no_audit');
        beside.close();
      };
    });
    const sought = { ...secrets, ...failed, 'a later cookie': again.cookie ?? 'none' };

    expect(foundIn(Buffer.from(server.logged()), sought)).toEqual([]);
    expect(server.logged()).toContain('"status":500');
    expect(foundIn(Buffer.from(errorBodies.join('\n')), sought)).toEqual([]);
    const found = filesUnder(server.dataDir).map((path) => [
      relative(server.dataDir, path).replace(/^outbox.*/, 'outbox'),
      foundIn(unfolded(readFileSync(path)), sought),
    ]);
    expect(Object.fromEntries(found)).toEqual({
      'latchkey.sqlite': [],
      'latchkey.sqlite-wal': [],
      'latchkey.sqlite-shm': [],
      outbox: expect.any(Array),
    });
    // The links that mails are sent for, and nothing else.
    const mailed = filesUnder(join(server.dataDir, 'outbox')).flatMap((path) => foundIn(readFileSync(path), sought));
    expect(new Set(mailed)).toEqual(new Set(['an invitation’s token', 'a reset token', 'a change of address’s token']));
    const { body } = await again.rest<Me>('GET', '/me');
    expect(body.email).toBe('admin@example.com');
  });

  it('is in no row and no log on PostgreSQL', async () => {
    const url = await freshPostgresUrl();
    const admin = await open({ DATABASE_URL: url });
    const secrets = await issueSecrets(admin);
    await misplace(secrets);
    const again = server.stranger();
    await again.signIn('admin@example.com', adminPassword);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const failed = await provokeFailures(again, async () => {
      await client.query('alter table audit_entries add constraint no_audit check (false) not valid');
      return async () => {
        await client.query('alter table audit_entries drop constraint no_audit');
      };
    });
    await client.end();
    const { db, tables } = server.storage.read;
    const rows = await Promise.all(
      Object.values(tables).map(async (table): Promise<object[]> => db.select().from(table)),
    );
    const sought = { ...secrets, ...failed };
    expect(foundIn(Buffer.from(JSON.stringify(rows)), sought)).toEqual([]);
    expect(foundIn(Buffer.from(server.logged()), sought)).toEqual([]);
    expect(foundIn(Buffer.from(errorBodies.join('\n')), sought)).toEqual([]);
  });
});
