import type { ProblemBody, Session } from '@latchkey/schemas';
import { ADMIN, freshPostgresUrl, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createCookieSealer } from '../crypto/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { SESSION_LIFETIME_MS } from './index.ts';

const SECRET = 'a master secret of these tests - 32 bytes or more';

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

let server: TestServer;

async function open(environment: Record<string, string> = {}): Promise<void> {
  server = await openTestServer({ environment: { LATCHKEY_SECRET: SECRET, ...environment } });
  onTestFinished(() => server.close());
}

/** Somebody who has this cookie from somewhere, and keeps presenting it whatever the server answers. */
const holding = (cookie: string | null) => server.stranger().with({ cookie: `__Host-latchkey=${cookie}` });
const whoIs = (caller: Caller) => caller.rest<ProblemBody>('GET', '/me');
const codeFor = async (caller: Caller) => (await whoIs(caller)).body.code ?? 'signed in';

function contentOf(cookie: string | null) {
  const sealer = createCookieSealer({ secrets: [SECRET], ttlMs: SESSION_LIFETIME_MS, clock: server.clock.now });
  return sealer.open(cookie ?? '');
}

async function acts(act: 'session.refresh_reused' | 'session.ended') {
  return (await (await server.admin()).api.audit.list.query({ act })).items;
}

const cookieOf = (headers: Record<string, unknown>) =>
  /^__Host-latchkey=([^;]*)/.exec(String(headers['set-cookie']))?.[1] ?? null;

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`a session’s renewal on ${database}`, () => {
    it('happens after five minutes, not before, and keeps the session', async () => {
      await open(await environment());
      const admin = await server.admin();
      const first = admin.cookie;
      server.clock.advance(5 * MINUTE_MS - SECOND_MS);
      expect((await whoIs(admin)).headers['set-cookie']).toBeUndefined();
      server.clock.advance(SECOND_MS);
      expect(await whoIs(admin)).toMatchObject({ status: 200 });
      const [before, after] = [await contentOf(first), await contentOf(admin.cookie)];
      expect(after?.sid).toBe(before?.sid);
      expect(after?.refreshToken).not.toBe(before?.refreshToken);
      expect((await whoIs(admin)).headers['set-cookie']).toBeUndefined();
    });

    it('gives twenty parallel calls the same successor, and all stay signed in', async () => {
      await open(await environment());
      const admin = await server.admin();
      const shared = admin.cookie;
      for (let round = 0; round < 5; round += 1) {
        server.clock.advance(6 * MINUTE_MS);
        const answers = await Promise.all(Array.from({ length: 20 }, () => whoIs(holding(admin.cookie))));
        expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
        const cookies = answers.map(({ headers }) => cookieOf(headers));
        const contents = await Promise.all(cookies.map(contentOf));
        expect(new Set(contents.map((content) => content?.refreshToken)).size).toBe(1);
        const stillIn = await Promise.all(cookies.map((cookie) => codeFor(holding(cookie))));
        expect(new Set(stillIn)).toEqual(new Set(['signed in']));
        admin.cookie = cookies[round] ?? null;
      }
      expect(admin.cookie).not.toBe(shared);
      expect(await acts('session.refresh_reused')).toEqual([]);
    });

    it('takes the replaced refresh token for half a minute; later, it ends the session and is recorded [V10.4.5]', async () => {
      await open(await environment());
      const admin = await server.admin();
      const { credential, id } = await admin.api.me.get.query();
      const old = admin.cookie;
      server.clock.advance(6 * MINUTE_MS);
      await whoIs(admin);
      server.clock.advance(30 * SECOND_MS);
      expect(await codeFor(holding(old))).toBe('signed in');
      expect(await codeFor(admin)).toBe('signed in');
      server.clock.advance(1);
      const reused = await whoIs(holding(old));
      expect([reused.status, reused.body.code]).toEqual([401, 'session_ended']);
      expect(String(reused.headers['set-cookie'])).toMatch(/^__Host-latchkey=; .*Max-Age=0/);
      expect(await codeFor(admin)).toBe('session_ended');
      const entries = await acts('session.refresh_reused');
      expect(entries).toMatchObject([
        { target: { kind: 'account', id }, details: { sessionId: credential.id }, address: '127.0.0.1' },
      ]);
      await whoIs(holding(old));
      expect(await acts('session.refresh_reused')).toHaveLength(1);
    });

    it('does not let a replaced refresh token in after a restart, and ends its session [B06]', async () => {
      await open(await environment());
      const admin = await server.admin();
      const old = admin.cookie;
      server.clock.advance(6 * MINUTE_MS);
      await whoIs(admin);
      server.clock.advance(MINUTE_MS);
      await server.restart();
      expect(await codeFor(holding(admin.cookie))).toBe('signed in');
      expect(await codeFor(holding(old))).toBe('session_ended');
      expect(await codeFor(holding(admin.cookie))).toBe('session_ended');
      await server.restart();
      expect(await codeFor(holding(old))).toBe('session_ended');
    });
  });
}

describe('a session ends', () => {
  it('at sign-out, whoever replays its cookie [V7.4.1] [P30]', async () => {
    await open();
    const signOuts: ((caller: Caller) => Promise<unknown>)[] = [
      (caller) => caller.rest('DELETE', '/session'),
      (caller) => caller.api.session.end.mutate({}),
    ];
    for (const signOut of signOuts) {
      const admin = await server.admin();
      const kept = admin.cookie;
      await signOut(admin);
      expect(admin.cookie).toBeNull();
      expect(await codeFor(holding(kept))).toBe('session_ended');
      server.clock.advance(6 * MINUTE_MS);
      expect(await codeFor(holding(kept))).toBe('session_ended');
    }
    expect(await acts('session.ended')).toHaveLength(2);
  });

  it('at sign-out also when the same call renewed it', async () => {
    await open();
    const admin = await server.admin();
    server.clock.advance(6 * MINUTE_MS);
    const { status, headers } = await admin.rest('DELETE', '/session');
    expect([status, [headers['set-cookie']].flat()]).toEqual([204, [expect.stringMatching(/^__Host-latchkey=; /)]]);
  });

  it('after seven days without a call [V7.3.1]', async () => {
    await open();
    const [back, late] = [await server.admin(), await server.admin()];
    server.clock.advance(7 * DAY_MS - 1);
    expect(await codeFor(back)).toBe('signed in');
    server.clock.advance(1);
    expect(await codeFor(holding(late.cookie))).toBe('session_ended');
    server.clock.advance(7 * DAY_MS - 2);
    expect(await codeFor(back)).toBe('signed in');
  });

  it('after thirty days, however much it was used [V7.3.2]', async () => {
    await open();
    const busy = await server.admin();
    const codes = [];
    for (let day = 5; day <= 30; day += 5) {
      server.clock.advance(5 * DAY_MS);
      codes.push(await codeFor(busy));
    }
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'signed in'), 'session_ended']);
  });

  it('and its cookie is taken away, so that signing in again works from there', async () => {
    await open();
    const admin = await server.admin();
    server.clock.advance(8 * DAY_MS);
    expect(await codeFor(admin)).toBe('session_ended');
    expect(admin.cookie).toBeNull();
    await admin.signIn(ADMIN.email, ADMIN.password);
    expect(await codeFor(admin)).toBe('signed in');
  });

  it('at the next call after its account was disabled, and for good [B18] [P07] [V7.4.2]', async () => {
    await open();
    const admin = await server.admin();
    const person = await server.person('leaver@example.com');
    const { id } = await person.api.me.get.query();
    const kept = person.cookie;
    await admin.api.users.update.mutate({ id, disabled: true });
    expect(await codeFor(person)).toBe('session_ended');
    server.clock.advance(6 * MINUTE_MS);
    expect(await codeFor(holding(kept))).toBe('session_ended');
    await admin.api.users.update.mutate({ id, disabled: false });
    expect(await codeFor(holding(kept))).toBe('session_ended');
    await person.signIn('leaver@example.com', ADMIN.password);
    expect(await codeFor(person)).toBe('signed in');
  });
});

describe('a session', () => {
  it('may do at the next call what its account’s new roles allow [B18] [P10]', async () => {
    await open();
    const admin = await server.admin();
    const person = await server.person('mover@example.com');
    const { id } = await person.api.me.get.query();
    const mayReadAudit = async () => (await person.rest('GET', '/audit')).status;
    expect(await mayReadAudit()).toBe(403);
    await admin.api.users.update.mutate({ id, roles: ['auditor'] });
    expect(await mayReadAudit()).toBe(200);
    await admin.api.users.update.mutate({ id, roles: ['member'] });
    expect(await mayReadAudit()).toBe(403);
  });

  it('is a new one at each sign-in, with an id and tokens of its own [V7.2.4]', async () => {
    await open();
    const callers = await Promise.all(Array.from({ length: 5 }, () => server.admin()));
    const contents = await Promise.all(callers.map(({ cookie }) => contentOf(cookie)));
    for (const part of ['sid', 'accessToken', 'refreshToken'] as const) {
      expect(new Set(contents.map((content) => content?.[part])).size).toBe(5);
    }
  });

  it('has a cookie that browsers keep: under 4 KB, whatever the browser calls itself [V3.3.5]', async () => {
    await open();
    const caller = server.stranger();
    const agent = { 'user-agent': 'M'.repeat(12_000) };
    const signedIn = await caller.rest('POST', '/session', ADMIN, agent);
    server.clock.advance(6 * MINUTE_MS);
    const renewed = await caller.rest('GET', '/me', undefined, agent);
    for (const { headers } of [signedIn, renewed]) {
      const [cookie = ''] = String(headers['set-cookie']).split(';');
      expect(cookie).toMatch(/^__Host-latchkey=./);
      expect(cookie.length).toBeLessThanOrEqual(4096);
    }
    const { items } = await caller.api.sessions.list.query();
    expect(items.map(({ userAgent }) => userAgent.length)).toEqual([400]);
  });

  it('is never taken up from a cookie that a caller brings to a sign-in: that one is over [V7.2.4]', async () => {
    await open();
    const thief = await server.person('thief@example.com');
    const planted = thief.cookie;
    const victim = server.stranger();
    victim.cookie = planted;
    await victim.signIn(ADMIN.email, ADMIN.password);
    expect(victim.cookie).not.toBe(planted);
    expect(await codeFor(thief)).toBe('session_ended');
    expect((await victim.api.me.get.query()).email).toBe(ADMIN.email);
  });
});

describe('a person’s list of sessions', () => {
  it('tells them apart by device, place and last use [V7.5.2]', async () => {
    await open();
    const [here, there] = [server.stranger(), server.stranger()];
    there.remoteAddress = '203.0.113.9';
    await here.rest('POST', '/session', ADMIN, { 'user-agent': 'Firefox' });
    server.clock.advance(SECOND_MS);
    await there.rest('POST', '/session', ADMIN, { 'user-agent': 'Chromium' });
    server.clock.advance(MINUTE_MS);
    const usedAtMs = server.clock.now();
    there.remoteAddress = '2001:db8::7';
    await whoIs(there);
    await server.lastUse.flush();
    const { items } = await here.api.sessions.list.query();
    expect(items).toMatchObject([
      { userAgent: 'Chromium', address: '2001:db8::7', current: false, lastUsedAtMs: usedAtMs },
      { userAgent: 'Firefox', address: '127.0.0.1', current: true },
    ]);
    expect(JSON.stringify(items)).not.toMatch(/digest|token/i);
  });

  it('ends one, the others, or all of them [V7.4.3]', async () => {
    await open();
    const [one, two, three] = [await server.admin(), await server.admin(), await server.admin()];
    const codes = () => Promise.all([one, two, three].map((caller) => codeFor(holding(caller.cookie))));
    const other = (await two.api.me.get.query()).credential.id as Session['id'];
    await one.api.sessions.end.mutate({ id: other });
    expect(await codes()).toEqual(['signed in', 'session_ended', 'signed in']);
    expect((await problemOf(one.api.sessions.end.mutate({ id: other }))).code).toBe('not_found');
    expect(await one.api.sessions.endOthers.mutate({})).toEqual({ ended: 1 });
    expect(await codes()).toEqual(['signed in', 'session_ended', 'session_ended']);
    const last = one.cookie;
    expect(await one.api.sessions.endAll.mutate({})).toEqual({ ended: 1 });
    expect(one.cookie).toBeNull();
    expect(await codeFor(holding(last))).toBe('session_ended');
  });

  it('holds no stranger’s session, nor ends one [B12]', async () => {
    await open();
    const admin = await server.admin();
    const stranger = await server.person('stranger@example.com');
    const id = (await admin.api.me.get.query()).credential.id as Session['id'];
    expect((await problemOf(stranger.api.sessions.end.mutate({ id }))).code).toBe('not_found');
    await stranger.api.sessions.endOthers.mutate({});
    await stranger.api.sessions.endAll.mutate({});
    expect(await codeFor(admin)).toBe('signed in');
    const { items } = await admin.api.sessions.list.query();
    expect(items.filter((each) => each.id === id)).toHaveLength(1);
  });

  it('is an admin’s to see and to end, under the account that it belongs to [V7.4.5]', async () => {
    await open();
    const admin = await server.admin();
    const person = await server.person('person@example.com');
    const again = server.stranger();
    await again.signIn('person@example.com', ADMIN.password);
    const { id, credential } = await person.api.me.get.query();
    const sessionId = credential.id as Session['id'];
    const adminId = (await admin.api.me.get.query()).id;
    expect((await admin.api.userSessions.list.query({ id })).items).toHaveLength(2);
    const mismatched = admin.api.userSessions.end.mutate({ id: adminId, sessionId });
    expect((await problemOf(mismatched)).code).toBe('not_found');
    expect(await codeFor(person)).toBe('signed in');
    await admin.api.userSessions.end.mutate({ id, sessionId });
    expect(await codeFor(person)).toBe('session_ended');
    expect(await admin.api.userSessions.endAll.mutate({ id })).toEqual({ ended: 1 });
    expect(await codeFor(again)).toBe('session_ended');
    expect(await codeFor(admin)).toBe('signed in');
  });
});
