import type { ProblemBody } from '@latchkey/schemas';
import { ADMIN, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { HOUR_MS, MINUTE_MS } from '../time/index.ts';

let server: TestServer;
let url: string;
beforeEach(async () => {
  server = await openTestServer({ environment: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } });
  url = await server.app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

type Try = { email: string; password: string; address: string; cookie?: string };

/** Over a real socket, as a proxy in front passes it on. */
async function signIn({ email, password, address, cookie }: Try): Promise<{ status: number; cookies: string }> {
  const response = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: server.publicUrl,
      'x-forwarded-for': address,
      ...(cookie ? { cookie } : {}),
    },
    body: JSON.stringify({ email, password }),
  });
  await response.arrayBuffer();
  const cookies = response.headers.getSetCookie().map((each) => each.split(';', 1)[0]);
  return { status: response.status, cookies: cookies.join('; ') };
}

/** The most that fall into one hour. */
function mostInAnHour(timesMs: readonly number[]): number {
  const counts = timesMs.map((fromMs) => timesMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + HOUR_MS).length);
  return Math.max(...counts);
}

describe('a guessing run', () => {
  it(
    'at one account, 10,000 tries in three hours from 50 addresses: 100 an hour get an answer, and the owner always gets in',
    { timeout: 300_000 },
    async () => {
      const owner = { ...ADMIN, address: '192.0.2.200' };
      const { cookies } = await signIn(owner);
      const cookie = cookies.split('; ').find((each) => each.startsWith('__Host-latchkey-device=')) ?? '';
      const answeredAtMs: number[] = [];
      const beforeDelay = new Map<string, number>();
      const delayed = new Set<string>();
      const ownerGotIn: number[] = [];
      for (let guess = 0; guess < 10_000; guess += 1) {
        server.clock.advance((3 * HOUR_MS) / 10_000);
        const address = `198.51.100.${guess % 50}`;
        const { status } = await signIn({ email: ADMIN.email, password: `guess ${guess}`, address });
        if (status === 401) answeredAtMs.push(server.clock.now());
        if (status === 429) delayed.add(address);
        if (status === 401 && !delayed.has(address)) beforeDelay.set(address, (beforeDelay.get(address) ?? 0) + 1);
        if (guess % 500 === 0) ownerGotIn.push((await signIn({ ...owner, cookie })).status);
      }
      expect(mostInAnHour(answeredAtMs)).toBeLessThanOrEqual(100);
      expect(Math.max(...beforeDelay.values())).toBeLessThanOrEqual(10);
      expect(ownerGotIn).toEqual(Array.from({ length: 20 }, () => 200));
    },
  );

  it(
    'with one password over 1,000 accounts is stopped at 50 in an hour, and an owner beside it always gets in',
    { timeout: 120_000 },
    async () => {
      // One of them sits behind the same address.
      const owner = { ...ADMIN, address: '2001:db8::2' };
      const { cookies } = await signIn(owner);
      const cookie = cookies.split('; ').find((each) => each.startsWith('__Host-latchkey-device=')) ?? '';
      const statuses = [];
      const ownerGotIn: number[] = [];
      for (let account = 0; account < 1_000; account += 1) {
        server.clock.advance(HOUR_MS / 1_000);
        if (account % 100 === 0) ownerGotIn.push((await signIn({ ...owner, cookie })).status);
        const email = account === 999 ? ADMIN.email : `person-${account}@example.com`;
        statuses.push((await signIn({ email, password: 'summer 2027 now', address: '2001:db8::1' })).status);
      }
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(50);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(950);
      expect(ownerGotIn).toEqual(Array.from({ length: 10 }, () => 200));
    },
  );
});

const wrong = { email: ADMIN.email, password: 'wrong' };

async function guessOften(from: (guess: number) => Caller, times: number): Promise<void> {
  for (let guess = 0; guess < times; guess += 1) await from(guess).rest('POST', '/session', wrong);
}

/** A browser that signed in and out: only its device cookie is left. */
async function knownBrowser(): Promise<Caller> {
  const { headers } = await server.stranger().rest('POST', '/session', ADMIN);
  const device = (headers['set-cookie'] as string[]).find((each) => each.startsWith('__Host-latchkey-device='));
  return server.stranger().with({ cookie: device?.split(';', 1)[0] ?? '' });
}

describe('limits against guessing', () => {
  it('make each wait longer than the one before, and say how long', async () => {
    await guessOften(() => server.stranger(), 10);
    const waits = [];
    for (let round = 0; round < 6; round += 1) {
      const { headers, body } = await server.stranger().rest<ProblemBody>('POST', '/session', wrong);
      expect(body).toMatchObject({ code: 'rate_limited', retryAfterSeconds: Number(headers['retry-after']) });
      waits.push(Number(headers['retry-after']) / 60);
      server.clock.advance(Number(headers['retry-after']) * 1_000);
      expect((await server.stranger().rest('POST', '/session', wrong)).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
  });

  it('give a browser that its owner signed in in a small count of its own, which strangers can’t use up', async () => {
    const owner = await knownBrowser();
    const stranger = (guess: number) => {
      const caller = server.stranger();
      // Half of them beside the owner, behind the same address.
      caller.remoteAddress = guess % 2 === 0 ? owner.remoteAddress : `198.51.100.${guess}`;
      return caller;
    };
    await guessOften(stranger, 120);
    expect((await server.stranger().rest('POST', '/session', ADMIN)).status).toBe(429);
    const statuses = [];
    for (let guess = 0; guess < 6; guess += 1) statuses.push((await owner.rest('POST', '/session', wrong)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    server.clock.advance(MINUTE_MS);
    expect((await owner.rest('POST', '/session', ADMIN)).status).toBe(200);
  });

  it('take a browser that is known to one account for unknown to all others', async () => {
    await server.person('other@example.com');
    const browser = await knownBrowser();
    await guessOften(() => server.stranger(), 10);
    expect((await browser.rest('POST', '/session', ADMIN)).status).toBe(200);
    const guesses = { email: 'other@example.com', password: 'wrong' };
    for (let guess = 0; guess < 10; guess += 1) await server.stranger().rest('POST', '/session', guesses);
    expect((await browser.rest('POST', '/session', guesses)).status).toBe(429);
  });

  it('count every path on which a password is looked at together: sign-in, confirmation, change', async () => {
    const admin = await server.admin();
    // A browser that is known has a count of its own.
    admin.cookies.delete('__Host-latchkey-device');
    const paths = [
      () => server.stranger().rest('POST', '/session', wrong),
      () => admin.request('POST', '/trpc/session.confirm', { password: 'wrong' }),
      () =>
        admin.request('POST', '/trpc/me.changePassword', { currentPassword: 'wrong', newPassword: 'a good password' }),
    ];
    for (let guess = 0; guess < 10; guess += 1) expect((await paths[guess % 3]!()).status).toBe(401);
    for (const path of paths) expect((await path()).status).toBe(429);
  });

  it('note each wait once in the audit, however many run into it', async () => {
    await guessOften(() => server.stranger(), 40);
    const limited = async () =>
      (await (await adminFromElsewhere()).api.audit.list.query({ act: 'sign_in.limited' })).items.map(
        ({ details }) => details,
      );
    expect(await limited()).toEqual([{ limit: 'guess:pair', email: ADMIN.email }]);
  });

  it('can’t be walked around by another spelling of the address [B04]', async () => {
    await guessOften(() => server.stranger(), 10);
    const spellings = [
      '//api/v1/session',
      '/api/v1//session',
      '/api/v1/session/',
      '/api/v1/%73ession',
      '/api/v1/session;x',
      '/API/v1/session',
      '/api/v1/Session',
      '/api/v1/./session',
      '/trpc//signIn.password',
      '/trpc/signIn.password/',
      '/trpc/signIn%2Epassword',
      '/trpc/signin.password',
      '/trpc/signIn.password;x',
    ];
    for (const spelling of spellings) {
      const { status } = await server.stranger().request('POST', spelling, ADMIN);
      expect([spelling, status === 404 || status === 429]).toEqual([spelling, true]);
    }
  });
});

/** The admin from another network, whom the guessing leaves alone. */
async function adminFromElsewhere(): Promise<Caller> {
  const admin = server.stranger();
  admin.remoteAddress = '203.0.113.9';
  await admin.signIn(ADMIN.email, ADMIN.password);
  return admin;
}
