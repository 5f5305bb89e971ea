import type { AuditEntry, Me, PasskeyAssertion, ProblemBody } from '@latchkey/schemas';
import {
  ADMIN,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { eq } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';

import { MINUTE_MS } from '../time/index.ts';

let server: TestServer;
let admin: Caller;
let device: VirtualAuthenticator;

async function open(environment: Record<string, string> = {}): Promise<void> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  admin = await server.admin();
  device = new VirtualAuthenticator(server.publicUrl);
}

async function addTo(caller: Caller, name = 'Laptop', authenticator = device) {
  const passkey = authenticator.create(await caller.api.passkeys.start.mutate({}));
  return caller.api.passkeys.add.mutate({ name, passkey });
}

type How = Parameters<VirtualAuthenticator['get']>[1];

async function assertion(caller: Caller, how?: How, authenticator = device): Promise<PasskeyAssertion> {
  return authenticator.get(await caller.api.signIn.askPasskey.mutate({}), how);
}

async function present(caller: Caller, passkey: PasskeyAssertion, path = 'signIn.passkey'): Promise<string> {
  type Body = { error?: { data: { problem: ProblemBody } } };
  const { body } = await caller.request<Body>('POST', `/trpc/${path}`, { passkey });
  return body.error?.data.problem.code ?? 'in';
}

const acts = async (act: AuditEntry['act']) => (await admin.api.audit.list.query({ act, limit: 100 })).items;
const isIn = async (caller: Caller) => (await caller.rest('GET', '/me')).status === 200;

describe('a passkey', () => {
  it('is the only thing that its person needs to sign in', async () => {
    await open();
    const { codes } = await addTo(admin);
    expect(codes).toHaveLength(10);
    const caller = server.stranger();
    const asked = await caller.api.signIn.askPasskey.mutate({});
    expect(asked).toMatchObject({ rpId: 'localhost', allowCredentials: [], userVerification: 'required' });
    expect(await present(caller, device.get(asked))).toBe('in');
    expect((await caller.rest<Me>('GET', '/me')).body.email).toBe(ADMIN.email);
    expect([...caller.cookies.keys()].toSorted()).toEqual(['__Host-latchkey', '__Host-latchkey-device']);
    expect((await acts('session.created'))[0]?.details).toMatchObject({ method: 'passkey', factor: 'passkey' });
    expect((await admin.api.factors.security.query()).passkeys).toMatchObject([
      { name: 'Laptop', lastUsedAtMs: server.clock.now() },
    ]);
  });

  it('signs each challenge once, in the browser that asked, for five minutes [B05] [B22]', async () => {
    await open();
    await addTo(admin);
    const caller = server.stranger();
    const signed = await assertion(caller);
    const cookies = new Map(caller.cookies);
    expect(await present(server.stranger(), signed)).toBe('passkey_failed');
    const other = server.stranger();
    await other.api.signIn.askPasskey.mutate({});
    expect(await present(other, signed)).toBe('passkey_failed');
    expect(await present(caller, signed)).toBe('in');
    const again = server.stranger();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    expect(await present(again, signed)).toBe('passkey_failed');
    const late = server.stranger();
    const old = await assertion(late);
    server.clock.advance(5 * MINUTE_MS);
    expect(await present(late, old)).toBe('passkey_failed');
  });

  it.each(['SQLite', 'PostgreSQL'])('lets one of twenty copies of what it signed in, on %s [B05]', async (name) => {
    await open(name === 'SQLite' ? {} : { DATABASE_URL: await freshPostgresUrl() });
    await addTo(admin);
    const caller = server.stranger();
    const signed = await assertion(caller);
    const copies = Array.from({ length: 20 }, () => {
      const copy = server.stranger();
      for (const [cookie, value] of caller.cookies) copy.cookies.set(cookie, value);
      return copy;
    });
    const outcomes = await Promise.all(copies.map((copy) => present(copy, signed)));
    expect(outcomes.toSorted()).toEqual(['in', ...Array.from({ length: 19 }, () => 'passkey_failed')]);
  });

  it('is refused for another site, another challenge, another signer and another person, in the same words', async () => {
    await open();
    const eve = await server.person('eve@example.com');
    await addTo(admin);
    const hers = new VirtualAuthenticator(server.publicUrl);
    await addTo(eve, 'Hers', hers);
    const tries: [string, (caller: Caller) => Promise<PasskeyAssertion>][] = [
      ['origin', (caller) => assertion(caller, { origin: 'https://localhost.evil.example' })],
      ['site', (caller) => assertion(caller, { rpId: 'evil.example' })],
      ['challenge', (caller) => assertion(caller, { challenge: 'AAAA' })],
      ['kind', (caller) => assertion(caller, { type: 'webauthn.create' })],
      ['verification', (caller) => assertion(caller, { verified: false })],
      ['credential', async (caller) => ({ ...(await assertion(caller)), id: 'AAAA' })],
      ['signature', async (caller) => ({ ...(await assertion(caller)), signature: 'MEUCIQ' })],
      ['garbage', async (caller) => ({ ...(await assertion(caller)), authenticatorData: 'AAAA' })],
      ['handle', async (caller) => ({ ...(await assertion(caller)), userHandle: 'AAAA' })],
      [
        'key',
        async (caller) => {
          const asked = await caller.api.signIn.askPasskey.mutate({});
          return { ...hers.get(asked), id: device.get(asked).id, userHandle: null };
        },
      ],
    ];
    for (const [what, sign] of tries) {
      const caller = server.stranger();
      expect([what, await present(caller, await sign(caller))]).toEqual([what, 'passkey_failed']);
      expect([what, await isIn(caller)]).toEqual([what, false]);
    }
    expect(await acts('sign_in.failed')).toHaveLength(tries.length);
  });

  it('that has counted less than before is a copy, and refused', async () => {
    await open();
    await addTo(admin);
    for (const [counter, outcome] of [
      [5, 'in'],
      [5, 'passkey_failed'],
      [4, 'passkey_failed'],
      [0, 'passkey_failed'],
      [6, 'in'],
    ] as const) {
      const caller = server.stranger();
      expect([counter, await present(caller, await assertion(caller, { counter }))]).toEqual([counter, outcome]);
    }
  });

  it('gets its person in though strangers have used up the guesses, and nobody who is disabled [B23]', async () => {
    await open();
    const person = await server.person('ada@example.com');
    await addTo(person);
    for (let guess = 0; guess < 12; guess += 1) {
      await server.stranger().rest('POST', '/session', { email: 'ada@example.com', password: 'wrong' });
    }
    const caller = server.stranger();
    expect(await present(caller, await assertion(caller))).toBe('in');
    const id = (await person.api.me.get.query()).id;
    await admin.api.users.update.mutate({ id, disabled: true });
    const again = server.stranger();
    expect(await present(again, await assertion(again))).toBe('sign_in_failed');
  });

  it('is asked for after the password, of its person alone, and a press is enough', async () => {
    await open();
    const eve = await server.person('eve@example.com');
    await addTo(admin);
    const hers = new VirtualAuthenticator(server.publicUrl);
    await addTo(eve, 'Hers', hers);
    const caller = server.stranger();
    const { body } = await caller.rest('POST', '/session', ADMIN);
    expect(body).toMatchObject({ next: 'second_factor', factors: ['passkey', 'recovery_code'] });
    const ask = () => caller.api.signIn.askSecondPasskey.mutate({});
    const alone = await assertion(caller);
    expect(await present(caller, alone, 'signIn.secondPasskey')).toBe('passkey_failed');
    const asked = await ask();
    expect(() => hers.get(asked)).toThrow('no passkey');
    expect(asked.userVerification).toBe('preferred');
    expect(await present(caller, device.get(asked, { verified: false }), 'signIn.passkey')).toBe('passkey_failed');
    expect(await present(caller, device.get(await ask(), { verified: false }), 'signIn.secondPasskey')).toBe('in');
    expect((await problemOf(server.stranger().api.signIn.askSecondPasskey.mutate({}))).code).toBe('sign_in_over');
  });

  it('is one of several, has a name, and is removed after a fresh sign-in; then it signs nobody in', async () => {
    await open();
    await addTo(admin);
    server.clock.advance(1);
    const phone = new VirtualAuthenticator(server.publicUrl);
    expect((await addTo(admin, 'Phone', phone)).codes).toEqual([]);
    const [laptop, second] = (await admin.api.factors.security.query()).passkeys;
    await admin.api.passkeys.rename.mutate({ id: second!.id, name: 'Old phone' });
    expect((await admin.api.factors.security.query()).passkeys.map(({ name }) => name)).toEqual([
      'Laptop',
      'Old phone',
    ]);
    expect((await acts('passkey.renamed'))[0]?.details).toEqual({ from: 'Phone', to: 'Old phone' });
    server.clock.advance(16 * MINUTE_MS);
    const remove = () => admin.api.passkeys.remove.mutate({ id: second!.id });
    expect((await problemOf(remove())).code).toBe('fresh_sign_in_needed');
    await admin.api.session.confirm.mutate({ password: ADMIN.password });
    await remove();
    expect((await problemOf(remove())).code).toBe('not_found');
    const caller = server.stranger();
    expect(await present(caller, await assertion(caller, {}, phone))).toBe('passkey_failed');
    await admin.api.passkeys.remove.mutate({ id: laptop!.id });
    expect((await admin.api.factors.security.query()).recoveryCodes.left).toBe(0);
    expect(await isIn(await server.admin())).toBe(true);
  });

  it('is never the last way in that is removed', async () => {
    await open();
    await addTo(admin);
    const { db, tables } = server.storage.read;
    const [passkey] = await db.select().from(tables.passkeys);
    await server.storage.transact(({ db: write }) =>
      write.update(tables.accounts).set({ passwordHash: null }).where(eq(tables.accounts.email, ADMIN.email)),
    );
    expect((await problemOf(admin.api.passkeys.remove.mutate({ id: passkey!.id }))).code).toBe('last_way_in');
    const caller = server.stranger();
    expect(await present(caller, await assertion(caller))).toBe('in');
  });

  it('is added once, by the session that asked for it', async () => {
    await open();
    const eve = await server.person('eve@example.com');
    const passkey = device.create(await admin.api.passkeys.start.mutate({}));
    await eve.api.passkeys.start.mutate({});
    const add = (caller: Caller) => caller.api.passkeys.add.mutate({ name: 'x', passkey });
    expect((await problemOf(add(eve))).code).toBe('passkey_failed');
    await add(admin);
    expect((await problemOf(add(admin))).code).toBe('passkey_failed');
    const { excludeCredentials } = await admin.api.passkeys.start.mutate({});
    expect(excludeCredentials).toEqual([{ id: passkey.id, type: 'public-key' }]);
    const forged = device.create(await admin.api.passkeys.start.mutate({}), { origin: 'https://evil.example' });
    expect((await problemOf(admin.api.passkeys.add.mutate({ name: 'x', passkey: forged }))).code).toBe(
      'passkey_failed',
    );
  });
});
