import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { BUILT_IN_ROLES, type ApiKey, type AuditEntry, type Me, type ProblemBody, type User } from '@latchkey/schemas';
import { freePort } from '@latchkey/testkit';
import { adminCookie, ADMIN, ADMIN_ENVIRONMENT, postRest } from '@latchkey/testkit/first-admin';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const README = readFileSync(fileURLToPath(new URL('../../../../README.md', import.meta.url)), 'utf8');
const TIMEOUT_MS = 120_000;

type Ran = { code: number | null; out: string; error: string };
type MadeKey = { apiKey: ApiKey; secret: string };

let dataDir: string;
let server: ServerProcess;
let cookie: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  server = await startServerProcess({ dataDir, env: ADMIN_ENVIRONMENT });
  cookie = await adminCookie(server.url);
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The real command, as a process of its own beside the running server. */
async function latchkey(args: readonly string[], { stdin = '', env = {} } = {}): Promise<Ran> {
  const inherited = { PATH: process.env['PATH'], LATCHKEY_DATA_DIR: dataDir, LATCHKEY_URL: server.url };
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...inherited, ...env } });
  child.stdin.end(stdin);
  const [out, error, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  return { code: code as number | null, out, error };
}

/** One line on standard error, and nothing else. */
function expectRefusal(ran: Ran, code: number, message: RegExp): void {
  expect(ran).toEqual({ code, out: '', error: expect.stringMatching(/^latchkey: [^\n]+\n$/) });
  expect(ran.error).toMatch(message);
}

async function get<Body>(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: Body }> {
  const answer = await fetch(`${server.url}/api/v1${path}`, { headers });
  return { status: answer.status, body: (await answer.json()) as Body };
}

const whoIs = (secret: string) => get<Me & ProblemBody>('/me', { 'x-api-key': secret });

describe('users', { timeout: TIMEOUT_MS }, () => {
  it('create: prints a link that lets the person in', async () => {
    const { code, out, error } = await latchkey(['users', 'create', '--email', 'Ada@Example.com']);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^${server.url}/invitation#[0-9A-Za-z]{43}\n$`));
    const token = out.trim().split('#')[1];
    const accepted = await fetch(`${server.url}/trpc/invitations.accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, name: 'Ada', password: 'a good password' }),
    });
    expect(accepted.status).toBe(200);
  });

  it('create with a password from standard input: the person signs in at once', async () => {
    const password = 'pässword – from a pipe';
    const args = ['users', 'create', '--email', 'bob@example.com', '--name', 'Bob', '--role', 'auditor'];
    const { code, out } = await latchkey([...args, '--password-stdin', '--json'], { stdin: `${password}\n` });
    expect(code).toBe(0);
    const { user, invitationLink } = JSON.parse(out) as { user: User; invitationLink: string | null };
    expect(user).toMatchObject({ email: 'bob@example.com', name: 'Bob', roles: ['auditor'], status: 'active' });
    expect(invitationLink).toBeNull();
    expect(out.split('\n')).toHaveLength(2);
    const signedIn = await postRest(server.url, '/session', { email: 'bob@example.com', password });
    expect(signedIn.status).toBe(200);
  });

  it('create: says in one line what is wrong', async () => {
    const create = ['users', 'create', '--email'];
    const [twice, odd, role, short, argument] = await Promise.all([
      latchkey([...create, ADMIN.email]),
      latchkey([...create, 'a@x,b@y']),
      latchkey([...create, 'c@example.com', '--role', 'nothing']),
      latchkey([...create, 'd@example.com', '--password-stdin'], { stdin: 'short' }),
      latchkey([...create, 'e@example.com', '--password', 'on the command line']),
    ]);
    expectRefusal(twice, 1, /Somebody already has that email address/);
    expectRefusal(odd, 2, /email .*one email address/);
    expectRefusal(role, 1, /There is no role nothing/);
    expectRefusal(short, 2, /password Use at least 8 characters/);
    expectRefusal(argument, 2, /Unknown option '--password'.* Usage: /);
    const { body } = await get<{ items: User[] }>('/users?q=e@example.com', { cookie });
    expect(body.items.filter(({ email }) => email === 'e@example.com')).toEqual([]);
  });

  it('disable: the person’s next call is refused; the last admin stays', async () => {
    const person = { email: 'leaver@example.com', password: 'a good password' };
    expect((await postRest(server.url, '/users', person, cookie)).status).toBe(201);
    const signedIn = await postRest(server.url, '/session', person);
    const theirs = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await get('/me', { cookie: theirs })).status).toBe(200);
    const ran = await latchkey(['users', 'disable', 'LEAVER@example.com']);
    expect(ran).toEqual({ code: 0, out: 'Disabled leaver@example.com.\n', error: '' });
    expect((await get<ProblemBody>('/me', { cookie: theirs })).body.code).toBe('session_ended');
    const [last, unknown, nobody] = await Promise.all([
      latchkey(['users', 'disable', ADMIN.email]),
      latchkey(['users', 'disable', 'unknown@example.com', '--json']),
      latchkey(['users', 'disable']),
    ]);
    expectRefusal(last, 1, /last admin/);
    expectRefusal(unknown, 1, /It isn't here/);
    expectRefusal(nobody, 2, /ID-OR-EMAIL is missing/);
  });
});

describe('keys', { timeout: TIMEOUT_MS }, () => {
  const create = ['keys', 'create', '--name', 'deploy', '--permission', 'users:read'];

  it('create: prints the key alone, which works over HTTP at once, and revoke ends it at its next call', async () => {
    const { code, out, error } = await latchkey(create);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/^lk_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}\n$/);
    const secret = out.trim();
    const { status, body } = await whoIs(secret);
    expect([status, body.kind, body.name, body.permissions]).toEqual([200, 'service', 'Command line', ['users:read']]);
    const [, id = ''] = secret.split('_');
    expect(await latchkey(['keys', 'revoke', id])).toEqual({ code: 0, out: 'Revoked deploy.\n', error: '' });
    expect((await whoIs(secret)).body.code).toBe('api_key_revoked');
  });

  it('create: for an account, with an end, for the query, as one JSON object', async () => {
    const { body: me } = await get<Me>('/me', { cookie });
    const args = [...create, '--account', me.id, '--expires', '12h', '--allow-query', '--permission', 'audit:read'];
    const { code, out } = await latchkey([...args, '--json']);
    expect([code, out.split('\n').length]).toEqual([0, 2]);
    const { apiKey, secret } = JSON.parse(out) as MadeKey;
    const hours = (apiKey.expiresAtMs! - apiKey.createdAtMs) / 3_600_000;
    expect([apiKey.accountId, apiKey.permissions, Math.round(hours)]).toEqual([
      me.id,
      ['users:read', 'audit:read'],
      12,
    ]);
    const byQuery = await get<Me>(`/me?api_key=${secret}`);
    expect([byQuery.status, byQuery.body.email]).toEqual([200, ADMIN.email]);
    const revoked = await latchkey(['keys', 'revoke', apiKey.id, '--json']);
    expect((JSON.parse(revoked.out) as { apiKey: ApiKey }).apiKey).toMatchObject({ id: apiKey.id, status: 'revoked' });
    expect((await whoIs(secret)).status).toBe(401);
  });

  it('says in one line what is wrong', async () => {
    const { member } = BUILT_IN_ROLES;
    expect(member.permissions).not.toContain('users:read');
    const made = await postRest(server.url, '/users', { email: 'm@example.com', password: 'a good password' }, cookie);
    const { user } = (await made.json()) as { user: User };
    const [beyond, permission, expires, account, odd] = await Promise.all([
      latchkey([...create, '--account', user.id]),
      latchkey(['keys', 'create', '--name', 'x', '--permission', 'users:fly']),
      latchkey([...create, '--expires', 'soon']),
      latchkey([...create, '--account', `acc_${'0'.repeat(22)}`]),
      latchkey(['keys', 'revoke', 'lk_x']),
    ]);
    expectRefusal(beyond, 1, /doesn't have users:read/);
    expectRefusal(permission, 1, /There is no permission users:fly/);
    expectRefusal(expires, 2, /--expires takes a time such as 90d/);
    expectRefusal(account, 1, /There is no such account/);
    expectRefusal(odd, 2, /22 letters and digits/);
  });
});

describe('apps', { timeout: TIMEOUT_MS }, () => {
  const create = ['apps', 'create', '--name', 'worker', '--grant', 'client_credentials'];

  it('create: prints a client_id and client_secret by which the running server gives tokens', async () => {
    const { code, out, error } = await latchkey([...create, '--scope', 'users:read audit:read']);
    expect([code, error]).toEqual([0, '']);
    const [, id = '', secret = ''] = /^client_id=(app_\w+)\nclient_secret=(lks_\w+)\n$/.exec(out) ?? [];
    const answer = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'users:read' }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const { body } = await get<Me>('/me', { authorization: `Bearer ${token}` });
    expect(body).toMatchObject({ kind: 'app', id, name: 'worker', permissions: ['users:read'] });
  });

  it('create: without a secret where it can’t keep one, as one JSON object', async () => {
    const redirect = ['--redirect-uri', 'https://app.example.com/callback'];
    const { code, out } = await latchkey(['apps', 'create', '--name', 'page', ...redirect, '--public', '--json']);
    expect([code, out.split('\n').length]).toEqual([0, 2]);
    expect(JSON.parse(out)).toEqual({
      client_id: expect.stringMatching(/^app_/) as string,
      app: expect.objectContaining({ public: true, redirectUris: ['https://app.example.com/callback'] }) as object,
    });
  });

  it('says in one line what is wrong', async () => {
    const [grant, redirect, nowhere] = await Promise.all([
      latchkey(['apps', 'create', '--name', 'x', '--grant', 'implicit']),
      latchkey(['apps', 'create', '--name', 'x', '--redirect-uri', 'http://app.example.com/cb']),
      latchkey(['apps', 'create', '--name', 'x']),
    ]);
    expectRefusal(grant, 2, /Use authorization_code/);
    expectRefusal(redirect, 2, /Use https:/);
    expectRefusal(nowhere, 1, /Name where people are sent back to/);
    expect([grant.code, redirect.code, nowhere.code]).toEqual([2, 2, 1]);
  });
});

describe('settings', { timeout: TIMEOUT_MS }, () => {
  it('change: what is named, at once; and show says how it is now', async () => {
    const origin = 'https://notes.example.com';
    const words = ['--sign-up', 'open', '--verified-only', 'yes', '--described-apps', 'refused'];
    expect((await latchkey(['settings', 'change', ...words, '--forward-auth-origin', origin])).out).toBe(
      `sign-up: open\nverified-only: yes\ndescribed-apps: refused\nforward-auth-origin: ${origin}\n`,
    );
    const { body } = await get('/settings', { cookie });
    const changed = { signUpOpen: true, verifiedOnly: true, describedAppsAllowed: false };
    expect(body).toEqual({ ...changed, forwardAuthOrigins: [origin] });
    const back = ['--sign-up', 'closed', '--verified-only', 'no', '--forward-auth-origin', 'none'];
    expect((await latchkey(['settings', 'change', ...back])).code).toBe(0);
    const shown = await latchkey(['settings', 'show', '--json']);
    expect(JSON.parse(shown.out)).toEqual({
      signUpOpen: false,
      verifiedOnly: false,
      describedAppsAllowed: false,
      forwardAuthOrigins: [],
    });
  });

  it('refuses what can’t be meant', async () => {
    const odd = await latchkey(['settings', 'change', '--forward-auth-origin', 'https://notes.example.com/path']);
    const maybe = await latchkey(['settings', 'change', '--sign-up', 'maybe']);
    expectRefusal(odd, 2, /without a path/);
    expectRefusal(maybe, 2, /open or closed/);
    expect([odd.code, maybe.code]).toEqual([2, 2]);
  });
});

describe('golden-tokens', { timeout: TIMEOUT_MS }, () => {
  it('prints tokens that a service can try, each with its verdict and name, by which the running server’s keys tell', async () => {
    const audience = 'http://localhost:4000';
    const args = ['golden-tokens', '--audience', audience];
    const [lines, json] = [await latchkey(args), await latchkey([...args, '--permission', 'notes:read', '--json'])];
    expect([lines.code, lines.error, json.code]).toEqual([0, '', 0]);
    const golden = JSON.parse(json.out) as {
      jwksUri: string;
      tokens: { name: string; verdict: string; token: string }[];
    };
    const printed = lines.out.trimEnd().split('\n');
    expect(printed.map((line) => line.split('\t').slice(0, 2))).toEqual(
      golden.tokens.map(({ verdict, name }) => [verdict, name]),
    );
    const { keys } = (await (await fetch(golden.jwksUri)).json()) as { keys: { kid: string }[] };
    const [header = '', claims = ''] = golden.tokens.find(({ name }) => name === 'good')?.token.split('.') ?? [];
    expect(keys.map(({ kid }) => kid)).toContain(textIn(header)['kid']);
    expect(textIn(claims)).toMatchObject({ iss: server.url, aud: audience, scope: 'notes:read' });
  });

  it('needs an audience that can be one', async () => {
    const [none, odd] = [await latchkey(['golden-tokens']), await latchkey(['golden-tokens', '--audience', 'notes'])];
    expectRefusal(none, 2, /needs --audience/);
    expectRefusal(odd, 2, /Use a URL/);
    expect([none.code, odd.code]).toEqual([2, 2]);
  });
});

describe('webhook', { timeout: TIMEOUT_MS }, () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const wrong = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

  async function startReadmesReceiver() {
    const [, code = ''] = /```js\n(.*?)```/s.exec(README) ?? [];
    const file = join(dataDir, 'receiver.mjs');
    writeFileSync(file, code);
    const port = await freePort();
    const env = { PORT: String(port), LATCHKEY_ALERT_WEBHOOK_SECRET: secret };
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const printed = textOf(child.stdout);
    const url = `http://127.0.0.1:${port}/`;
    await vi.waitFor(async () => expect((await fetch(url)).status).toBe(413), { timeout: 20_000 });
    // Whoever goes away in the middle of a request takes nobody with them.
    const stranger = connect(port, '127.0.0.1');
    await once(stranger, 'connect');
    stranger.end('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{}');
    await once(stranger.resume(), 'close');
    return { url, printed, stop: () => child.kill() };
  }

  it('test: sends an event that the README’s receiver takes, and one of another secret that it refuses', async () => {
    const { url, printed, stop } = await startReadmesReceiver();
    const test = (secrets: string, ...args: string[]) =>
      latchkey(['webhook', 'test', ...args], {
        env: { LATCHKEY_ALERT_WEBHOOK_URL: url, LATCHKEY_ALERT_WEBHOOK_SECRET: secrets },
      });
    const [taken, rotating, refused] = [
      await test(secret),
      await test(`${wrong},${secret}`, '--json'),
      await test(wrong),
    ];
    stop();
    const { host } = new URL(url);
    const [, first = ''] = / (msg_\w+)\.\n$/.exec(taken.out) ?? [];
    expect(taken).toEqual({ code: 0, out: `${host} answered 204 and took the test event ${first}.\n`, error: '' });
    const second = JSON.parse(rotating.out) as { id: string };
    expect(second).toEqual({ id: expect.stringMatching(/^msg_/) as string, host, status: 204 });
    expectRefusal(refused, 1, /The test event wasn't taken: 127\.0\.0\.1:\d+ answered 401\./);
    const lines = [first, second.id].map((id) => `${id} webhook.test ${server.url}\n`);
    expect(await printed).toBe(lines.join(''));
  });

  it('test: says in one line why it can’t', async () => {
    const env = { LATCHKEY_ALERT_WEBHOOK_URL: 'http://127.0.0.1:1/', LATCHKEY_ALERT_WEBHOOK_SECRET: secret };
    const [nowhere, nobody, half] = [
      await latchkey(['webhook', 'test']),
      await latchkey(['webhook', 'test'], { env: { ...env, LATCHKEY_ALERT_WEBHOOK_URL: 'https://nothing.invalid/' } }),
      await latchkey(['webhook', 'test'], { env: { ...env, LATCHKEY_ALERT_WEBHOOK_SECRET: '' } }),
    ];
    expectRefusal(nowhere, 1, /go to no webhook. Set LATCHKEY_ALERT_WEBHOOK_URL/);
    expectRefusal(nobody, 1, /The test event wasn't taken: E[A-Z_]+\./);
    expectRefusal(half, 2, /LATCHKEY_ALERT_WEBHOOK_SECRET must be set/);
    expect([nowhere.code, nobody.code, half.code]).toEqual([1, 1, 2]);
  });
});

function textIn(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}

describe('the command line', { timeout: TIMEOUT_MS }, () => {
  it('is in the audit as itself', async () => {
    const { body } = await get<{ items: AuditEntry[] }>('/audit?limit=100', { cookie });
    const byIt = body.items.filter(({ actor }) => actor.name === 'command line');
    const acts = new Set(byIt.map(({ act, actor, address }) => `${act} ${actor.kind} ${address}`));
    expect(acts).toEqual(
      new Set([
        'account.invited system null',
        'account.created system null',
        'account.disabled system null',
        'session.ended system null',
        'api_key.created system null',
        'api_key.revoked system null',
        'app.created system null',
        'token.created system null',
        'settings.changed system null',
      ]),
    );
  });

  it('explains itself, and says in one line what it can’t do', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'latchkey-broken-'));
    writeFileSync(join(broken, 'latchkey.sqlite'), 'no database at all'.repeat(1_000));
    const [help, verb, noun, config, database] = await Promise.all([
      latchkey(['--help']),
      latchkey(['users', 'fly']),
      latchkey(['__proto__', 'constructor']),
      latchkey(['keys', 'revoke', '0'.repeat(22)], { env: { LATCHKEY_URL: 'ftp://x', PORT: 'x' } }),
      latchkey(['keys', 'revoke', '0'.repeat(22)], { env: { LATCHKEY_DATA_DIR: broken } }),
    ]);
    expect([help.code, help.error]).toEqual([0, '']);
    const [section = ''] = /^## Command line$.*?^## /ms.exec(README) ?? [];
    const listed = [...section.matchAll(/^npx -y pnpm --silent (latchkey .+)$/gm)].map(
      ([, line]) => `${line} [--json]`,
    );
    expect(help.out.split('\n').filter((line) => line.startsWith('latchkey '))).toEqual(listed);
    expect(help.out).toContain('Exit codes: 0 done');
    expectRefusal(verb, 2, /There is no command users fly/);
    expectRefusal(noun, 2, /There is no command/);
    expectRefusal(config, 2, /LATCHKEY_URL.*PORT|PORT.*LATCHKEY_URL/);
    expectRefusal(database, 1, /LATCHKEY_DATA_DIR holds a database that can't be used: file is not a database/);
    rmSync(broken, { recursive: true });
  });

  it('explains each noun and verb', async () => {
    const [users, create, backup] = await Promise.all([
      latchkey(['users', '--help']),
      latchkey(['keys', 'create', '--help']),
      latchkey(['backup', '--help']),
    ]);
    expect(users.out).toMatch(/users create --email E .*\n  Invites a person/);
    expect(create.out).toMatch(/--expires 90d +When it ends/);
    expect(backup.out).toMatch(/^latchkey backup FILE \[--json\]\n/);
    expect([users.code, create.code, backup.code]).toEqual([0, 0, 0]);
  });

  it('refuses what a command doesn’t take', async () => {
    const [extra, missing] = await Promise.all([
      latchkey(['keys', 'revoke', '0'.repeat(22), 'more']),
      latchkey(['keys', 'create', '--name', 'x']),
    ]);
    expectRefusal(extra, 2, /doesn't take “more”/);
    expectRefusal(missing, 2, /needs --permission/);
    expect([extra.code, missing.code]).toEqual([2, 2]);
  });

  it.each([
    'audit verify',
    'settings show',
    'signing-keys rotate',
    'golden-tokens --audience http://localhost:4000',
    'users disable ada@example.com',
    `keys revoke ${'0'.repeat(22)}`,
  ])('%s makes no database where there is none', async (command) => {
    const nowhere = join(dataDir, 'nowhere');
    const ran = await latchkey(command.split(' '), { env: { LATCHKEY_DATA_DIR: nowhere } });
    expectRefusal(ran, 1, /There is no database at .*nowhere/);
    expect(existsSync(nowhere)).toBe(false);
  });

  it('works without a running server, on a database that it makes', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'latchkey-alone-'));
    const env = { LATCHKEY_DATA_DIR: elsewhere };
    const made = await latchkey(['keys', 'create', '--name', 'first', '--permission', 'users:read', '--json'], { env });
    expect(made.code).toBe(0);
    const { apiKey } = JSON.parse(made.out) as MadeKey;
    const revoked = await latchkey(['keys', 'revoke', apiKey.id], { env });
    expect(revoked).toEqual({ code: 0, out: 'Revoked first.\n', error: '' });
    rmSync(elsewhere, { recursive: true });
  });
});
