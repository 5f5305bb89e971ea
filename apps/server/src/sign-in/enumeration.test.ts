import { ADMIN, openTestServer, type Caller, type TestServer } from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { HOUR_MS, MINUTE_MS } from '../time/index.ts';

const PAIRS = 200;
const WARM_UP = 5;

let server: TestServer;
let admin: Caller;
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterAll(() => server.close());

let networks = 0;

/** A try from a network of its own, at a time of its own, so that no limit is in the way; what it answers, and how long that took. */
async function attempt(email: string, password: string) {
  networks += 1;
  const caller = server.stranger();
  caller.remoteAddress = `10.0.${networks >> 8}.${networks & 255}`;
  server.clock.advance(2 * MINUTE_MS);
  const startedAt = performance.now();
  const { status, body, headers } = await caller.rest('POST', '/session', { email, password });
  const ms = performance.now() - startedAt;
  const names = Object.keys(headers).toSorted().join();
  return { ms, said: JSON.stringify({ status, ...body, requestId: null, names, length: headers['content-length'] }) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

describe('a stranger who tries to sign in', () => {
  it(
    'can’t tell an account that isn’t there from a wrong password: same words, one hash each [V6.3.8] [P26] [P28] [P29]',
    { timeout: 120_000 },
    async () => {
      const times = { unknown: [] as number[], wrong: [] as number[] };
      const said = new Set<string>();
      const before = server.passwords.verifications;
      for (let pair = 0; pair < PAIRS + WARM_UP; pair += 1) {
        const emails = { unknown: `nobody-${pair}@example.com`, wrong: ADMIN.email };
        // Each goes first as often as the other.
        for (const kind of pair % 2 === 0 ? (['unknown', 'wrong'] as const) : (['wrong', 'unknown'] as const)) {
          const tried = await attempt(emails[kind], 'not the password');
          said.add(tried.said);
          if (pair >= WARM_UP) times[kind].push(tried.ms);
        }
      }
      expect(server.passwords.verifications - before).toBe(2 * (PAIRS + WARM_UP));
      expect([...said]).toHaveLength(1);
      // Told, not held to: a machine that does other things besides says nothing about ours.
      const [unknownMs, wrongMs] = [median(times.unknown), median(times.wrong)];
      process.stdout.write(
        `Medians of ${PAIRS} interleaved pairs: unknown account ${unknownMs.toFixed(1)} ms, wrong password ${wrongMs.toFixed(1)} ms\n`,
      );
    },
  );

  it('learns nothing either from an account that is disabled, invited or not a person’s, nor from odd passwords [P29]', async () => {
    const { user: off } = await admin.api.users.create.mutate({ email: 'off@example.com', password: ADMIN.password });
    await admin.api.users.update.mutate({ id: off.id, disabled: true });
    await admin.api.users.create.mutate({ email: 'invited@example.com' });
    await admin.api.serviceAccounts.create.mutate({ name: 'robot@example.com' });
    const emails = ['off@example.com', 'invited@example.com', 'robot@example.com', 'nobody@example.com', ADMIN.email];
    const passwords = ['wrong', ' ', 'x'.repeat(4096), 'null', '\0', '\uD800', `${ADMIN.password} `];
    const said = new Set<string>();
    const before = server.passwords.verifications;
    for (const email of emails) for (const password of passwords) said.add((await attempt(email, password)).said);
    said.add((await attempt('off@example.com', ADMIN.password)).said);
    expect(server.passwords.verifications - before).toBe(emails.length * passwords.length + 1);
    expect([...said]).toHaveLength(1);
  });

  it('learns from no link, no sign-up and no limit whether somebody is there', async () => {
    const guesses = ['a'.repeat(43), '0'.repeat(43)];
    for (const token of guesses) {
      expect(await server.stranger().api.invitations.check.mutate({ token })).toEqual({
        valid: false,
        email: null,
        expiresAtMs: null,
      });
    }
    server.clock.advance(HOUR_MS);
    const limited = async (email: string) => {
      const caller = server.stranger();
      caller.remoteAddress = '192.0.2.1';
      const statuses = [];
      for (let guess = 0; guess < 11; guess += 1) {
        statuses.push((await caller.rest('POST', '/session', { email, password: 'wrong' })).status);
      }
      return statuses;
    };
    expect(await limited(ADMIN.email)).toEqual(await limited('nobody@example.com'));
  });
});
