import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { ADMIN, freshPostgresUrl, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import type { ApiKey } from '@latchkey/schemas';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { DAY_MS, HOUR_MS } from '../time/index.ts';

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

/** A mail server that may be busy, and that knows no `nobody`. */
async function openMailServer() {
  const post = { isBusy: false, readers: [] as string[], url: '' };
  const listening = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      stream.resume().once('end', () => {
        const readers = envelope.rcptTo.map(({ address }) => address);
        if (post.isBusy || readers.some((reader) => reader.startsWith('nobody@'))) return done(new Error('not now'));
        post.readers.push(...readers);
        return done();
      });
    },
  });
  listening.listen(0, '127.0.0.1');
  await once(listening.server, 'listening');
  onTestFinished(() => listening.close());
  post.url = `smtp://127.0.0.1:${(listening.server.address() as AddressInfo).port}`;
  return post;
}

it('an address that takes no mail holds nobody up, and while the mail server is busy nobody is lost', async () => {
  const post = await openMailServer();
  const server = await openTestServer({ environment: { SMTP_URL: post.url } });
  onTestFinished(() => server.close());
  const people = ['ada', 'bob', 'cyd', 'dan', 'eve'].map((name) => `${name}@example.com`);
  for (const email of ['nobody@example.com', ...people]) {
    const expiresAtMs = server.clock.now() + 20 * DAY_MS;
    await (await server.person(email)).rest('POST', '/api-keys', { name: 'nightly', permissions: [], expiresAtMs });
    server.clock.advance(1);
  }
  const toldAfter = async (ms: number) => {
    const before = post.readers.length;
    server.clock.advance(ms);
    await server.reminders.look();
    return post.readers.slice(before).toSorted();
  };
  post.isBusy = true;
  expect(await toldAfter(6 * DAY_MS)).toEqual([]);
  post.isBusy = false;
  const first = await toldAfter(0);
  const later = await toldAfter(HOUR_MS);
  expect([first.length, later.length]).toEqual([3, 2]);
  expect([...first, ...later].toSorted()).toEqual(people);
  expect(await toldAfter(HOUR_MS)).toEqual([]);
});

it('of two readers of one key, one whose mailbox takes nothing doesn’t get the other told again and again', async () => {
  const post = await openMailServer();
  const server = await openTestServer({ environment: { SMTP_URL: post.url } });
  onTestFinished(() => server.close());
  const admin = await server.admin();
  await server.person('nobody@example.com', ['admin']);
  const { id: accountId } = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: [] });
  const expiresAtMs = server.clock.now() + 20 * DAY_MS;
  await admin.api.apiKeys.create.mutate({ name: 'nightly', permissions: [], accountId, expiresAtMs });
  await server.reminders.look();
  const before = post.readers.length;
  for (const ms of [6 * DAY_MS, ...Array.from({ length: 30 }, () => HOUR_MS)]) {
    server.clock.advance(ms);
    await server.reminders.look();
  }
  expect(post.readers.slice(before)).toEqual([ADMIN.email]);
});

describe.each(Object.entries(ENVIRONMENTS))('before a key ends, on %s', (_, environment) => {
  let server: TestServer;
  let admin: Caller;
  let ada: Caller;
  beforeEach(async () => {
    server = await openTestServer({ environment: await environment() });
    admin = await server.admin();
    ada = await server.person('ada@example.com');
  });
  afterEach(() => server.close());

  async function keyFor(days: number, name: string, caller = ada, accountId?: string): Promise<ApiKey> {
    const expiresAtMs = server.clock.now() + days * DAY_MS;
    const { body } = await caller.rest<{ apiKey: ApiKey }>('POST', '/api-keys', {
      name,
      permissions: [],
      expiresAtMs,
      ...(accountId && { accountId }),
    });
    return body.apiKey;
  }

  /** What is said first in the mails that went out since the last look, after so much time. */
  async function mailedAfter(ms: number, email = 'ada@example.com'): Promise<string[]> {
    const before = (await server.mailTo(email)).length;
    server.clock.advance(ms);
    await Promise.all([server.reminders.look(), server.reminders.look()]);
    const mailed = (await server.mailTo(email)).slice(before);
    return mailed.map((text) => text.split('\n')[0] ?? text);
  }

  it('its owner is mailed 14, 3 and 1 days before, once each', async () => {
    await keyFor(90, 'billing-worker');
    expect(await mailedAfter(76 * DAY_MS - HOUR_MS)).toEqual([]);
    expect(await mailedAfter(HOUR_MS)).toEqual(['API key billing-worker expires in 14 days.']);
    expect(await mailedAfter(10 * DAY_MS)).toEqual([]);
    expect(await mailedAfter(DAY_MS)).toEqual(['API key billing-worker expires in 3 days.']);
    expect(await mailedAfter(2 * DAY_MS)).toEqual(['API key billing-worker expires in 1 day.']);
    expect(await mailedAfter(DAY_MS)).toEqual([]);
    const [first] = await server.mailTo('ada@example.com');
    expect(first).toContain('/account/api-keys?expires=14');
    expect(await server.mailTo(ADMIN.email)).toEqual([]);
  });

  it('one mail names all that end soon, the first to end first; not those that were revoked or made for less', async () => {
    const [, revoked] = [await keyFor(30, 'later'), await keyFor(29, 'revoked'), await keyFor(28, 'sooner')];
    await ada.rest('POST', `/api-keys/${revoked.id}/revoke`);
    server.clock.advance(15 * DAY_MS);
    await ada.signIn('ada@example.com', ADMIN.password);
    await keyFor(14, 'short-lived');
    expect(await mailedAfter(DAY_MS)).toEqual(['2 API keys expire soon.']);
    expect((await server.mailTo('ada@example.com')).at(-1)).toMatch(/sooner, on .*\nlater, on /);
  });

  it('a key whose end was moved is told of again', async () => {
    const { id } = await keyFor(20, 'moved');
    expect(await mailedAfter(6 * DAY_MS)).toHaveLength(1);
    await ada.rest('PATCH', `/api-keys/${id}`, { expiresAtMs: server.clock.now() + 60 * DAY_MS });
    expect(await mailedAfter(45 * DAY_MS)).toEqual([]);
    expect(await mailedAfter(DAY_MS)).toEqual(['API key moved expires in 14 days.']);
  });

  it('after a time when the server was off, each is told of once, with the days that are left', async () => {
    await keyFor(30, 'asleep');
    expect(await mailedAfter(28 * DAY_MS)).toEqual(['API key asleep expires in 2 days.']);
  });

  it('a service account’s key is told to the admins, a disabled person’s to nobody', async () => {
    const worker = await admin.api.serviceAccounts.create.mutate({ name: 'worker', roles: [] });
    await keyFor(20, 'nightly', admin, worker.id);
    await keyFor(20, 'hers');
    const { id } = await ada.api.me.get.query();
    await admin.api.users.update.mutate({ id, disabled: true });
    expect(await mailedAfter(10 * DAY_MS, ADMIN.email)).toEqual(['API key nightly expires in 10 days.']);
    expect((await server.mailTo(ADMIN.email)).at(-1)).toContain('nightly of worker, on ');
    expect(await server.mailTo('ada@example.com')).toEqual([]);
  });
});
