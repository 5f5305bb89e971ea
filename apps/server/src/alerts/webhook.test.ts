import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { alertEvent, CLOSED_ACCOUNT, type Alert, type AlertEvent } from '@latchkey/schemas';
import { ADMIN, freshPostgresUrl, openTestServer, problemOf, type TestServer } from '@latchkey/testkit';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { createAlertDeliveries } from './alert-deliveries.ts';
import { createWebhook } from './webhook.ts';

const KEYS = [Buffer.alloc(24, 1), Buffer.alloc(64, 2)];
const SECRETS = KEYS.map((key) => `whsec_${key.toString('base64')}`);
/** The address may hold a secret too, and tells it to nobody but the receiver. */
const PATH = '/alerts?token=of-the-receiver';

type Heard = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { body: string };

let receiver: Server;
let heard: Heard[];
let answer: (response: ServerResponse) => void;
const well = (response: ServerResponse): void => void response.writeHead(204).end();
const answering = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { location: '/elsewhere' }).end('Why not');

async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  heard.push({ method, url, headers, body: await text(request) });
  answer(response);
}

beforeEach(async () => {
  heard = [];
  answer = well;
  receiver = createServer((request, response) => void hear(request, response)).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  receiver.closeAllConnections();
  receiver.close();
});

const address = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${PATH}`;
const configured = () => ({
  LATCHKEY_ALERT_WEBHOOK_URL: address(),
  LATCHKEY_ALERT_WEBHOOK_SECRET: SECRETS.join(','),
});
const NOT_CONFIGURED = { LATCHKEY_ALERT_WEBHOOK_URL: '', LATCHKEY_ALERT_WEBHOOK_SECRET: '' };

const eventOf = ({ body }: Heard): AlertEvent => alertEvent.parse(JSON.parse(body));
const ids = () => heard.map(({ headers }) => headers['webhook-id']);

const DATABASES: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

describe.each(Object.entries(DATABASES))('the webhook for alerts, on %s', (_, database) => {
  async function open(environment: Record<string, string> = configured()): Promise<TestServer> {
    server = await openTestServer({ environment: { ...(await database()), ...environment } });
    return server;
  }

  async function look(at: TestServer): Promise<void> {
    await at.watch.look();
    await at.alertDeliveries.look();
  }

  /** Makes somebody an admin, which is worth an alert. */
  async function alarm(at: TestServer, email = 'second@example.com'): Promise<void> {
    await (await at.admin()).api.users.create.mutate({ email, roles: ['admin'] });
    await look(at);
  }

  it('is told once of an alert as the API shows it, signed by each secret', async () => {
    const at = await open();
    await alarm(at);
    await Promise.all([look(at), look(at)]);
    const [told, ...more] = heard;
    expect(more).toEqual([]);
    expect([told?.method, told?.url, told?.headers['content-type']]).toEqual(['POST', PATH, 'application/json']);

    const [alert] = (await (await at.admin()).api.alerts.list.query({})).items;
    const url = `${at.publicUrl}/console/alerts/${alert?.id}`;
    const timestamp = new Date(at.clock.now()).toISOString();
    expect(JSON.parse(told!.body)).toEqual({ type: 'alert.opened', timestamp, data: { ...alert, url } });
    expect(eventOf(told!)).toMatchObject({ data: { code: 'admin_given', subject: { name: 'second@example.com' } } });

    const { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': signatures } = told!.headers;
    expect(sentAt).toBe(String(Math.floor(at.clock.now() / SECOND_MS)));
    const expected = KEYS.map((key) => {
      return `v1,${createHmac('sha256', key)
        .update(`${String(id)}.${String(sentAt)}.${told?.body}`)
        .digest('base64')}`;
    });
    expect(signatures).toBe(expected.join(' '));
    for (const secret of SECRETS) {
      const verify = (body: string) => new Webhook(secret).verify(body, told!.headers as Record<string, string>);
      expect(verify(told!.body)).toEqual(JSON.parse(told!.body));
      expect(() => verify(told!.body.replace('second', 'third'))).toThrow('No matching signature');
    }
  });

  it('that fails is told the same again under the same id, signed anew, and not a third time', async () => {
    const at = await open();
    answer = answering(500);
    await alarm(at);
    expect(at.logged()).toMatch(/127\.0\.0\.1:\d+ answered 500/);
    answer = well;
    at.clock.advance(30 * SECOND_MS);
    await look(at);
    at.clock.advance(2 * DAY_MS);
    await look(at);
    const [first, second, ...more] = heard;
    expect(more).toEqual([]);
    expect([second?.headers['webhook-id'], second?.body]).toEqual([first?.headers['webhook-id'], first?.body]);
    const sentAt = (each?: Heard) => Number(each?.headers['webhook-timestamp']);
    expect(sentAt(second) - sentAt(first)).toBe(30);
    const { body, headers } = second!;
    expect(new Webhook(SECRETS[0]!).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'alert.opened',
    });
  });

  it.each([500, 302, 400])(
    'that answers %i is told less and less often, not for ever, nowhere else',
    async (status) => {
      const at = await open();
      answer = answering(status);
      await alarm(at);
      const waits = [30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS];
      for (const [waited, wait] of waits.entries()) {
        at.clock.advance(wait - 1);
        await look(at);
        expect([wait, heard.length]).toEqual([wait, waited + 1]);
        expect(at.logged()).not.toContain('is not any more');
        at.clock.advance(1);
        await look(at);
        expect([wait, heard.length]).toEqual([wait, waited + 2]);
      }
      at.clock.advance(7 * DAY_MS);
      await look(at);
      expect(heard).toHaveLength(8);
      expect([...new Set(heard.map(({ url }) => url))]).toEqual([PATH]);
      const warnings = at
        .logged()
        .split('\n')
        .filter((line) => line.includes('the webhook was not told of an alert'));
      expect(warnings).toHaveLength(8);
      expect(warnings.at(-1)).toMatch(/127\.0\.0\.1:\d+ answered .*, and is not any more/);
      for (const secret of [...SECRETS, ...KEYS.map((key) => key.toString('hex')), 'of-the-receiver']) {
        expect(at.logged()).not.toContain(secret);
      }
    },
  );

  it('that is gone for good is told no second time, but of the next alert', async () => {
    const at = await open();
    answer = answering(410);
    await alarm(at);
    at.clock.advance(DAY_MS);
    await look(at);
    expect(heard).toHaveLength(1);
    expect(at.logged()).toContain('and is not any more');
    await alarm(at, 'third@example.com');
    expect(new Set(ids()).size).toBe(2);
  });

  it('is told after a restart what it didn’t take before', async () => {
    const at = await open();
    answer = (response) => void response.destroy();
    await alarm(at);
    answer = well;
    await at.restart();
    at.clock.advance(30 * SECOND_MS);
    await look(at);
    expect(heard).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
  });

  it('is told by one of several servers that look at once', async () => {
    const at = await open();
    await (await at.admin()).api.users.create.mutate({ email: 'second@example.com', roles: ['admin'] });
    await at.watch.look();
    const { storage, clock, publicUrl } = at;
    const webhook = createWebhook({ url: address(), keys: KEYS, clock: clock.now });
    const onFailure = (error: unknown) => expect.unreachable(String(error));
    const several = Array.from({ length: 4 }, () =>
      createAlertDeliveries({ storage, clock: clock.now, webhook, publicUrl, onUndelivered: onFailure, onFailure }),
    );
    await Promise.all([at.alertDeliveries, ...several].map((each) => each.look()));
    await Promise.all(several.map((each) => each.close()));
    expect(heard).toHaveLength(1);
  });

  it('is told that an open alert is seen again no more than once a day', async () => {
    const at = await open();
    const { user } = await (await at.admin()).api.users.create.mutate({ email: 'a@example.com', roles: ['admin'] });
    await look(at);
    const again = async () => {
      const { api } = await at.admin();
      await api.users.update.mutate({ id: user.id, roles: ['member'] });
      await api.users.update.mutate({ id: user.id, roles: ['admin'] });
      await look(at);
    };
    at.clock.advance(HOUR_MS);
    await again();
    expect(heard).toHaveLength(1);
    at.clock.advance(DAY_MS);
    await again();
    expect(heard.map(eventOf).map(({ type, data }) => [type, 'count' in data && data.count])).toEqual([
      ['alert.opened', 1],
      ['alert.repeated', 3],
    ]);
    expect(new Set(ids()).size).toBe(2);
  });

  it('hears of nothing from before it was there', async () => {
    const at = await open(NOT_CONFIGURED);
    await alarm(at);
    await at.restart(configured());
    at.clock.advance(HOUR_MS);
    await look(at);
    expect(heard).toEqual([]);
  });

  it('that is missing for a while is told then, and never of what it missed for two days', async () => {
    const at = await open();
    answer = answering(503);
    await alarm(at);
    answer = well;
    await at.restart(NOT_CONFIGURED);
    at.clock.advance(HOUR_MS);
    await look(at);
    expect(heard).toHaveLength(1);
    await at.restart(configured());
    at.clock.advance(HOUR_MS);
    await look(at);
    expect(heard).toHaveLength(2);

    answer = answering(503);
    await alarm(at, 'third@example.com');
    answer = well;
    await at.restart(NOT_CONFIGURED);
    for (let tries = 0; tries < 7; tries += 1) {
      at.clock.advance(DAY_MS);
      await look(at);
    }
    await at.restart(configured());
    await look(at);
    expect(heard).toHaveLength(3);
  });

  it('is told what a person did who has closed the account, without their name, and of what was done to them', async () => {
    const at = await open();
    answer = answering(500);
    await at.person('second@example.com', ['admin']);
    await look(at);
    await (await at.admin()).api.users.create.mutate({ email: 'third@example.com', roles: ['admin'] });
    const second = at.stranger();
    await second.signIn('second@example.com', ADMIN.password);
    await second.api.users.create.mutate({ email: 'fourth@example.com', roles: ['admin'] });
    await look(at);
    expect(heard).toHaveLength(3);
    answer = well;
    await second.api.me.close.mutate({ email: 'second@example.com' });
    heard = [];
    at.clock.advance(MINUTE_MS);
    await look(at);
    const names = heard.map((each) => (eventOf(each).data as Alert).subject.name);
    expect(new Set(names)).toEqual(new Set([CLOSED_ACCOUNT, 'fourth@example.com', 'third@example.com']));
    expect(heard.map(({ body }) => body).join()).not.toContain('second@example.com');
  });
});

describe('whoever sees the settings', () => {
  it('is told the host alone, and nobody else', async () => {
    server = await openTestServer({ environment: configured() });
    const admin = await server.admin();
    expect(await admin.api.settings.alertWebhook.query({})).toEqual({ host: new URL(address()).host });
    const member = await server.person('member@example.com');
    expect((await problemOf(member.api.settings.alertWebhook.query({}))).code).toBe('permission_missing');
    await server.restart(NOT_CONFIGURED);
    expect(await (await server.admin()).api.settings.alertWebhook.query({})).toEqual({ host: null });
  });
});

describe('a receiver that takes its time', () => {
  const send = () => createWebhook({ url: address(), keys: KEYS, clock: Date.now }).send('msg_1', '{}');

  it('has ten seconds to answer', async () => {
    answer = () => undefined;
    const startMs = performance.now();
    await expect(send()).rejects.toThrow('timeout');
    expect(performance.now() - startMs).toBeGreaterThan(9 * SECOND_MS);
  });

  it('holds no shutdown up, and is told after the next start', async () => {
    server = await openTestServer({ environment: configured() });
    await (await server.admin()).api.users.create.mutate({ email: 'second@example.com', roles: ['admin'] });
    await server.watch.look();
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
    answer = () => isAsked();
    const looked = server.alertDeliveries.look();
    await asked;
    const startMs = performance.now();
    await server.restart();
    await looked;
    expect(performance.now() - startMs).toBeLessThan(5 * SECOND_MS);
    answer = well;
    server.clock.advance(30 * SECOND_MS);
    await server.alertDeliveries.look();
    expect(heard).toHaveLength(2);
    expect(server.logged()).not.toContain('was not told of an alert');
  });

  it('may go on with its answer for ever, which nobody reads', async () => {
    answer = (response) => void response.writeHead(200).write('x'.repeat(100_000));
    expect(await send()).toBe(200);
  });
});
