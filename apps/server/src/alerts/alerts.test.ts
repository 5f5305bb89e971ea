import {
  ADMIN,
  codeOfApp,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { Browser, RelyingParty } from '@latchkey/testkit/relying-party';
import type { Alert, AlertCode } from '@latchkey/schemas';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { SERVER } from '../actors/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';

let server: TestServer;
afterEach(async () => {
  await server.close();
  vi.useRealTimers();
});

async function open(environment: Record<string, string> = {}): Promise<Caller> {
  server = await openTestServer({ environment });
  return server.admin();
}

async function alerts(admin: Caller): Promise<Alert[]> {
  await server.refusals.settle();
  await server.services.denials.flush();
  await server.watch.look();
  return (await admin.api.alerts.list.query({})).items;
}

const short = ({ code, status, count, subject }: Alert) => [code, status, count, subject.name];

function elsewhere(): Caller {
  const caller = server.stranger();
  caller.remoteAddress = '203.0.113.7';
  return caller;
}

async function guess(email: string, times: number, from = elsewhere()): Promise<void> {
  for (let tries = 0; tries < times; tries += 1) await from.rest('POST', '/session', { email, password: 'wrong' });
}

/** Does what each alert is about. Whoever adds a code has to show it here. */
const CAUSES: Record<AlertCode, { does: (admin: Caller) => Promise<void>; subject: string }> = {
  guessing: { does: () => guess('nobody@example.com', 11), subject: 'nobody@example.com' },
  spraying: {
    async does() {
      for (let account = 0; account < 41; account += 1) await guess(`person-${account}@example.com`, 1);
    },
    subject: '203.0.113.7',
  },
  refresh_reused: {
    async does() {
      const ada = await server.person('ada@example.com');
      const old = ada.cookie;
      for (let minutes = 0; minutes < 12; minutes += 6) {
        server.clock.advance(6 * MINUTE_MS);
        await ada.rest('GET', '/me');
      }
      ada.cookie = old;
      await ada.rest('GET', '/me');
    },
    subject: 'ada@example.com',
  },
  grant_reused: {
    async does() {
      const app = await RelyingParty.register(server, { grants: ['authorization_code', 'refresh_token'] });
      await server.person('ada@example.com');
      const browser = new Browser(server);
      await browser.signIn('ada@example.com', ADMIN.password);
      const { refresh_token: token = '' } = await app.connect(browser);
      const refresh = () => app.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token });
      expect((await refresh()).status).toBe(200);
      server.clock.advance(MINUTE_MS);
      expect((await refresh()).body['error']).toBe('invalid_grant');
    },
    subject: 'ada@example.com',
  },
  ended_key_used: {
    async does(admin) {
      const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'billing', permissions: [] });
      await admin.api.apiKeys.revoke.mutate({ id: apiKey.id });
      const program = elsewhere().with({ 'x-api-key': secret });
      for (let calls = 0; calls < 5; calls += 1) expect((await program.rest('GET', '/me')).status).toBe(401);
    },
    subject: 'billing',
  },
  new_network: {
    async does() {
      await server.person('ada@example.com');
      await elsewhere().with({ 'user-agent': 'Firefox' }).signIn('ada@example.com', ADMIN.password);
    },
    subject: 'ada@example.com',
  },
  key_new_network: {
    async does(admin) {
      const { secret } = await admin.api.apiKeys.create.mutate({ name: 'billing', permissions: ['api_keys:read'] });
      const use = async (program: Caller) => {
        expect((await program.rest('GET', '/me')).status).toBe(200);
        await server.recorder.flush();
      };
      await use(server.stranger().with({ 'x-api-key': secret }));
      server.clock.advance(DAY_MS);
      await use(elsewhere().with({ 'x-api-key': secret }));
    },
    subject: 'billing',
  },
  denied_often: {
    async does(admin) {
      const { secret } = await admin.api.apiKeys.create.mutate({ name: 'billing', permissions: ['api_keys:read'] });
      const program = elsewhere().with({ 'x-api-key': secret });
      for (let calls = 0; calls < 51; calls += 1) expect((await program.rest('GET', '/users')).status).toBe(403);
    },
    subject: 'billing',
  },
  credentials_tried: {
    async does() {
      const program = elsewhere().with({ authorization: 'Bearer a.b.c' });
      for (let calls = 0; calls < 51; calls += 1) expect((await program.rest('GET', '/me')).status).toBe(401);
    },
    subject: '203.0.113.7',
  },
  admin_given: {
    async does(admin) {
      await admin.api.users.create.mutate({ email: 'new@example.com', roles: ['admin'] });
    },
    subject: 'new@example.com',
  },
};

describe('an alert', () => {
  it.each(Object.keys(CAUSES) as AlertCode[])('is opened for %s, once, with its evidence', async (code) => {
    const admin = await open();
    const { does, subject } = CAUSES[code];
    await does(admin);
    const signedIn = await server.admin();
    const found = (await alerts(signedIn)).filter((each) => each.code === code);
    expect(found).toMatchObject([{ code, status: 'open', count: 1, evidence: [{ entryNumber: expect.any(Number) }] }]);
    expect(found[0]?.subject.name ?? '').toContain(subject);
    expect(await signedIn.api.alerts.get.query({ id: found[0]!.id })).toEqual(found[0]);
  });

  it.each(['SQLite', 'PostgreSQL'])(
    'counts what comes again while it is open, whoever looks at once, after a restart too, on %s',
    async (database) => {
      const admin = await open(database === 'SQLite' ? {} : { DATABASE_URL: await freshPostgresUrl() });
      const make = (email: string) => admin.api.users.create.mutate({ email, roles: ['admin'] });
      const { user } = await make('one@example.com');
      await Promise.all([server.watch.look(), server.watch.look()]);
      await admin.api.users.update.mutate({ id: user.id, roles: ['member'] });
      await server.restart();
      const again = await server.admin();
      await again.api.users.update.mutate({ id: user.id, roles: ['admin'] });
      await make('two@example.com').catch(() => undefined);
      expect((await alerts(again)).map(short)).toContainEqual(['admin_given', 'open', 2, 'one@example.com']);
      expect((await alerts(again)).map(short)).toContainEqual(['admin_given', 'open', 2, 'one@example.com']);
    },
  );

  it('is opened for a network that is new to the account, and the browser too, unless a passkey signed in', async () => {
    const admin = await open();
    const ada = await server.person('ada@example.com');
    const from = async (remoteAddress: string, caller = server.stranger()) => {
      caller.remoteAddress = remoteAddress;
      await caller.signIn('ada@example.com', ADMIN.password);
    };
    // The network around: whoever is given another address each day is at home still.
    await from('127.0.0.200');
    // The same browser, taken along.
    await from('192.0.2.1', ada);
    await from('192.0.2.77');
    const device = new VirtualAuthenticator(server.publicUrl);
    const made = device.create(await ada.api.passkeys.start.mutate({}));
    await ada.api.passkeys.add.mutate({ name: 'Phone', passkey: made });
    const phone = server.stranger();
    phone.remoteAddress = '2001:db8:1::1';
    await phone.api.signIn.passkey.mutate({ passkey: device.get(await phone.api.signIn.askPasskey.mutate({})) });
    await ada.api.passkeys.remove.mutate({ id: (await ada.api.factors.security.query()).passkeys[0]!.id });
    await from('2001:db8:1:9::1');
    expect((await alerts(admin)).filter(({ code }) => code === 'new_network')).toEqual([]);
    await from('2001:db8:2::1', elsewhere().with({ 'user-agent': 'Firefox' }));
    expect((await alerts(admin)).filter(({ code }) => code === 'new_network').map(short)).toEqual([
      ['new_network', 'open', 1, 'ada@example.com'],
    ]);
  });

  it('is opened for whoever has your mailbox and chooses a new password from a network that is new', async () => {
    const admin = await open();
    await server.person('ada@example.com');
    await server.stranger().api.passwordReset.request.mutate({ email: 'ada@example.com' });
    const token = await server.tokenMailedTo('ada@example.com');
    await elsewhere().api.passwordReset.complete.mutate({ token, password: 'another good password' });
    expect((await alerts(admin)).map(({ code }) => code)).toEqual(['new_network']);
  });

  it('is acknowledged or dismissed once, as an act; what comes later opens another', async () => {
    const admin = await open();
    await guess('nobody@example.com', 11);
    const [first] = await alerts(admin);
    const acknowledged = await admin.api.alerts.acknowledge.mutate({ id: first!.id });
    expect(acknowledged).toMatchObject({ status: 'acknowledged', decidedBy: ADMIN.email });
    expect((await problemOf(admin.api.alerts.dismiss.mutate({ id: first!.id }))).code).toBe('state_conflict');
    const { items } = await admin.api.audit.list.query({ act: 'alert.acknowledged' });
    expect(items).toMatchObject([{ target: { kind: 'alert', id: first!.id } }]);
    server.clock.advance(MINUTE_MS);
    await guess('nobody@example.com', 2);
    expect((await alerts(admin)).map(short)).toEqual([
      ['guessing', 'open', 1, 'nobody@example.com'],
      ['guessing', 'acknowledged', 1, 'nobody@example.com'],
    ]);
    expect((await admin.api.alerts.list.query({ status: 'open' })).items).toHaveLength(1);
  });

  it('is for those alone who may see alerts, and decided on by those who may', async () => {
    const admin = await open();
    await guess('nobody@example.com', 11);
    const [found] = await alerts(admin);
    const auditor = await server.person('auditor@example.com', ['auditor']);
    const member = await server.person('member@example.com');
    expect((await auditor.api.alerts.list.query({})).items).not.toEqual([]);
    expect((await problemOf(auditor.api.alerts.dismiss.mutate({ id: found!.id }))).code).toBe('permission_missing');
    expect((await problemOf(member.api.alerts.list.query({}))).code).toBe('permission_missing');
  });

  it('is listed by pages, newest first', async () => {
    const admin = await open();
    for (let person = 0; person < 5; person += 1) {
      server.clock.advance(1);
      await admin.api.users.create.mutate({ email: `admin-${person}@example.com`, roles: ['admin'] });
    }
    await alerts(admin);
    const names = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await admin.api.alerts.list.query({ limit: 2, ...(cursor && { cursor }) });
      names.push(...page.items.map(({ subject }) => subject.name));
      cursor = page.nextCursor;
    }
    expect(names).toEqual([4, 3, 2, 1, 0].map((person) => `admin-${person}@example.com`));
  });
});

describe('a watch that is far behind', () => {
  it('lets calls through between its reads', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    await open();
    const { audit } = server.services;
    await server.storage.transact(async (tx) => {
      for (let entry = 0; entry < 500; entry += 1) await audit.record(tx, SERVER, 'signing_key.created');
    });
    let turns = 0;
    let isLooking = true;
    const count = (): void => {
      turns += 1;
      if (isLooking) setImmediate(count);
    };
    setImmediate(count);
    await server.watch.look();
    isLooking = false;
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});

describe('the mail about alerts', () => {
  it('goes to every admin, one for all that was found at once, and about the same no more than once a day', async () => {
    // Nobody looks in between: on a slow machine, half would be found before the rest.
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const admin = await open();
    await admin.api.users.create.mutate({ email: 'second@example.com', roles: ['admin'], password: ADMIN.password });
    await guess('nobody@example.com', 11);
    await alerts(admin);
    const toAdmin = async () => (await server.mailTo(ADMIN.email)).filter((mail) => mail.includes('/console/alerts'));
    expect(await toAdmin()).toHaveLength(1);
    expect((await toAdmin())[0]).toContain('Somebody is guessing a password: nobody@example.com');
    expect((await toAdmin())[0]).toContain('Somebody was made an admin: second@example.com');
    expect(await server.mailTo('second@example.com')).toHaveLength(1);

    server.clock.advance(HOUR_MS);
    await guess('nobody@example.com', 2);
    await alerts(admin);
    expect(await toAdmin()).toHaveLength(1);
    server.clock.advance(DAY_MS);
    await guess('nobody@example.com', 11);
    await alerts(await server.admin());
    expect(await toAdmin()).toHaveLength(2);
  });
});

describe('whoever owns the account', () => {
  const notices = async (email: string) => {
    await server.watch.look();
    return (await server.mailTo(email)).filter((mail) => mail.includes('/account/sessions'));
  };

  it('is told of a sign-in in a browser that is new, and of no other', async () => {
    await open();
    const ada = await server.person('ada@example.com');
    expect(await notices('ada@example.com')).toEqual([]);
    await server.stranger().signIn('ada@example.com', ADMIN.password);
    expect(await notices('ada@example.com')).toEqual([]);
    await elsewhere().with({ 'user-agent': 'Firefox <3' }).signIn('ada@example.com', ADMIN.password);
    const [notice, ...others] = await notices('ada@example.com');
    expect(others).toEqual([]);
    expect(notice).toContain('From: 203.0.113.7');
    expect(notice).toContain('Browser: Firefox <3');
    expect(await ada.rest('GET', '/me')).toMatchObject({ status: 200 });
  });

  it('is told of a new password, by whichever way', async () => {
    await open();
    const ada = await server.person('ada@example.com');
    const change = { currentPassword: ADMIN.password, newPassword: 'another good password' };
    await ada.api.me.changePassword.mutate(change);
    await server.stranger().api.passwordReset.request.mutate({ email: 'ada@example.com' });
    const token = await server.tokenMailedTo('ada@example.com');
    await server.stranger().api.passwordReset.complete.mutate({ token, password: 'a third good password' });
    expect((await notices('ada@example.com')).map((mail) => /Your password was \w+/.exec(mail)?.[0])).toEqual([
      'Your password was changed',
      'Your password was replaced',
    ]);
  });

  it('is told when a second factor comes or goes', async () => {
    await open();
    const ada = await server.person('ada@example.com');
    const { secret, enrolment } = await ada.api.factors.startTotp.mutate({});
    await ada.api.factors.confirmTotp.mutate({ enrolment, code: codeOfApp(secret, server.clock.now()) });
    await ada.api.factors.removeTotp.mutate({});
    const told = (await notices('ada@example.com')).join('\n');
    expect(told).toContain('An authenticator app was added to your account.');
    expect(told).toContain('The authenticator app was removed from your account.');
  });
});
