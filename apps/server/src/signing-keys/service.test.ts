import { setTimeout as sleep } from 'node:timers/promises';

import { TokenExpired, TokenInvalid, verifyAccessToken, type Expectations } from '@latchkey/credentials';
import type { AccessTokenClaims } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';

import { COMMAND_LINE } from '../actors/index.ts';
import { createAudit } from '../audit/index.ts';
import { createSealer } from '../crypto/index.ts';
import type { Storage } from '../storage/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { createSigningKeys } from './index.ts';
import { listSigningKeys, resealKey } from './rows.ts';

const START_MS = 1_800_000_000_000;
const ISSUER = 'https://latchkey.example';
const OLD_SECRET = 'the old master secret, 32 bytes or more';
const NEW_SECRET = 'the new master secret, 32 bytes or more';

/** One server on the database, with the test's clock. */
function instanceOn(storage: Storage, { time = { nowMs: START_MS }, secrets = [OLD_SECRET] } = {}) {
  const clock = () => time.nowMs;
  const audit = createAudit({ storage, clock });
  const signingKeys = createSigningKeys({ storage, clock, sealer: createSealer(secrets), audit });
  const claims = (lifetimeMs: number): AccessTokenClaims => ({
    iss: ISSUER,
    aud: ISSUER,
    sub: 'acc_1',
    jti: 'j1',
    iat: clock() / SECOND_MS,
    exp: (clock() + lifetimeMs) / SECOND_MS,
  });
  const expected = (): Expectations => ({ issuer: ISSUER, audience: ISSUER, types: ['at+jwt'], nowMs: clock() });
  return {
    ...signingKeys,
    audit,
    time,
    sign: (typ = 'at+jwt', lifetimeMs = 15 * MINUTE_MS) => signingKeys.sign({ typ, claims: claims(lifetimeMs) }),
    verify: (text: string) => signingKeys.verify(text, expected()),
    refusal: (text: string) =>
      signingKeys.verify(text, expected()).then(
        () => 'accepted',
        (error: unknown) =>
          error instanceof TokenInvalid ? error.fault : error instanceof TokenExpired ? 'expired' : error,
      ),
    published: async () => (await signingKeys.jwks()).keys.map(({ kid }) => kid),
    expected,
  };
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

onEveryDatabase((_name, open) => {
  describe('the first start', () => {
    it('makes a key that signs and the one after it, and records both', async () => {
      const server = instanceOn(await open());
      await server.ensure();
      const published = await server.published();
      expect(published).toHaveLength(2);
      expect(kidOf(await server.sign())).toBe(published[1]);
      const { items } = await server.audit.list({ limit: 10 });
      expect(items.map(({ act, target, actor }) => [act, target?.id, actor.kind])).toEqual([
        ['signing_key.created', published[0], 'system'],
        ['signing_key.created', published[1], 'system'],
      ]);
    });

    it('makes them once, however many calls come first', async () => {
      const server = instanceOn(await open());
      await Promise.all(Array.from({ length: 10 }, () => server.sign()));
      expect(await server.published()).toHaveLength(2);
    });

    it(
      'makes those for ID tokens too, when they are first wanted while the others are still being made',
      { timeout: 60_000 },
      async () => {
        const server = instanceOn(await open());
        const signing = server.sign();
        await sleep(1);
        expect((await server.privateKeys()).map(({ algorithm }) => algorithm)).toContain('RS256');
        await signing;
      },
    );

    it('is not repeated by the next one', async () => {
      const storage = await open();
      const token = await instanceOn(storage).sign();
      const again = instanceOn(storage);
      expect(await again.refusal(token)).toBe('accepted');
      expect(kidOf(await again.sign())).toBe(kidOf(token));
    });
  });

  describe('a clock that is set back', () => {
    it.each([29, 400])(
      'by %i days while the server runs leaves it signing, and nothing changed once it is right',
      async (days) => {
        const server = instanceOn(await open());
        const before = await server.sign();
        server.time.nowMs -= days * DAY_MS;
        expect(await server.refusal(await server.sign())).toBe('accepted');
        server.time.nowMs += days * DAY_MS;
        expect(kidOf(await server.sign())).toBe(kidOf(before));
        expect(await server.refusal(before)).toBe('accepted');
      },
    );
  });

  describe('two servers on one database', () => {
    it("take each other's tokens, though both started at once on an empty one", async () => {
      const storage = await open();
      const [one, other] = [instanceOn(storage), instanceOn(storage)];
      const [ones, others] = await Promise.all([one.sign(), other.sign()]);
      for (const server of [one, other]) server.time.nowMs += 5 * SECOND_MS;
      expect(await one.refusal(others)).toBe('accepted');
      expect(await other.refusal(ones)).toBe('accepted');
    });

    it('agree on the signing key through every rotation, and each key has one successor', async () => {
      const storage = await open();
      const time = { nowMs: START_MS };
      const [one, other] = [instanceOn(storage, { time }), instanceOn(storage, { time })];
      await one.ensure();
      for (let month = 0; month < 4; month += 1) {
        const tokens = await Promise.all([one.sign(), other.sign(), one.sign(), other.sign()]);
        expect(new Set(tokens.map(kidOf)).size).toBe(1);
        time.nowMs += 30 * DAY_MS;
      }
      expect(await listSigningKeys(storage.read)).toHaveLength(5);
    });

    it("see each other's rotation within a minute", async () => {
      const storage = await open();
      const time = { nowMs: START_MS };
      const [one, other] = [instanceOn(storage, { time }), instanceOn(storage, { time })];
      await Promise.all([one.sign(), other.sign()]);
      time.nowMs += DAY_MS;
      await other.sign();
      const { kid } = await one.rotate(COMMAND_LINE);
      const token = await one.sign();
      expect(kidOf(token)).toBe(kid);
      expect(await other.refusal(token)).toBe('accepted');
      time.nowMs += MINUTE_MS;
      expect(kidOf(await other.sign())).toBe(kid);
    });
  });

  describe('rotation by itself', () => {
    it('comes every 30 days, with keys that were published for an hour or more before they sign', async () => {
      const server = instanceOn(await open());
      const firstSeenMs = new Map<string, number>();
      const signedMs = new Map<string, number>();
      for (let step = 0; step < 91 * 4; step += 1) {
        for (const kid of await server.published()) if (!firstSeenMs.has(kid)) firstSeenMs.set(kid, server.time.nowMs);
        const kid = kidOf(await server.sign()) ?? '';
        if (!signedMs.has(kid)) signedMs.set(kid, server.time.nowMs);
        server.time.nowMs += 6 * HOUR_MS;
      }
      const starts = [...signedMs.values()];
      expect(starts).toEqual([0, 30, 60, 90].map((day) => START_MS + day * DAY_MS));
      for (const [kid, startMs] of [...signedMs].slice(1)) {
        expect(startMs - (firstSeenMs.get(kid) ?? Infinity)).toBeGreaterThanOrEqual(HOUR_MS);
      }
    });

    it('keeps the previous key published until its last token has long expired, and no longer', async () => {
      const server = instanceOn(await open());
      await server.ensure();
      server.time.nowMs += 30 * DAY_MS - SECOND_MS;
      const last = await server.sign();
      const previous = kidOf(last);
      server.time.nowMs += 14 * MINUTE_MS;
      expect(kidOf(await server.sign())).not.toBe(previous);
      expect(await server.refusal(last)).toBe('accepted');
      server.time.nowMs = START_MS + 30 * DAY_MS + HOUR_MS - 1;
      expect(await server.published()).toContain(previous);
      server.time.nowMs += 1;
      expect(await server.published()).not.toContain(previous);
      expect(await server.published()).toHaveLength(2);
    });

    it('makes up for a long sleep: what was published signs, and a new next key has its hour', async () => {
      const storage = await open();
      await instanceOn(storage).ensure();
      const [, next] = (await listSigningKeys(storage.read)).map(({ kid }) => kid);
      const late = instanceOn(storage, { time: { nowMs: START_MS + 400 * DAY_MS } });
      expect(kidOf(await late.sign())).toBe(next);
      const [newest] = (await listSigningKeys(storage.read)).toReversed();
      expect(newest?.activeFromMs).toBe(late.time.nowMs + HOUR_MS);
      late.time.nowMs += HOUR_MS;
      expect(kidOf(await late.sign())).toBe(newest?.kid);
    });
  });

  describe('the list of what is published', () => {
    it('tells the next key, the current one and the previous ones apart, of each algorithm', async () => {
      const server = instanceOn(await open());
      const parts = async () => (await server.list()).map(({ algorithm, status }) => `${algorithm} ${status}`);
      await server.ensure();
      expect(await parts()).toEqual(['ES256 next', 'ES256 current']);
      server.time.nowMs += 30 * DAY_MS;
      await server.privateKeys();
      expect(await parts()).toEqual(['ES256 next', 'ES256 current', 'ES256 previous', 'RS256 next', 'RS256 current']);
      const [next, current, previous] = await server.list();
      expect(kidOf(await server.sign())).toBe(current?.kid);
      expect(current).toMatchObject({ activeFromMs: server.time.nowMs, createdAtMs: START_MS });
      expect(next?.activeFromMs).toBe(server.time.nowMs + 30 * DAY_MS);
      expect(previous?.removedFromMs).toBe(server.time.nowMs + HOUR_MS);
      server.time.nowMs += HOUR_MS;
      expect(await parts()).not.toContain('ES256 previous');
    });

    it('shows at once what another server has done', async () => {
      const storage = await open();
      const [one, other] = [instanceOn(storage), instanceOn(storage)];
      await one.ensure();
      await other.list();
      for (const server of [one, other]) server.time.nowMs += DAY_MS;
      await other.sign();
      const { kid } = await one.rotate(COMMAND_LINE);
      expect((await other.list()).find(({ status }) => status === 'current')?.kid).toBe(kid);
    });
  });

  describe('rotation by hand', () => {
    it('lets the published next key sign at once, makes another, and records it', async () => {
      const server = instanceOn(await open());
      const before = await server.sign();
      const [next] = await server.published();
      server.time.nowMs += HOUR_MS;
      expect(await server.rotate(COMMAND_LINE)).toEqual({ kid: next, activeFromMs: server.time.nowMs });
      expect(kidOf(await server.sign())).toBe(next);
      const published = await server.published();
      expect(published).toHaveLength(3);
      expect(published.slice(1)).toEqual([next, kidOf(before)]);
      const { items } = await server.audit.list({ limit: 2 });
      expect(items.map(({ act, target, actor }) => [act, target?.id, actor.name])).toEqual([
        ['signing_key.created', published[0], 'command line'],
        ['signing_key.rotated', next, 'command line'],
      ]);
    });

    it('waits for the hour of a key that was just published', async () => {
      const server = instanceOn(await open());
      const before = kidOf(await server.sign());
      server.time.nowMs += 10 * MINUTE_MS;
      const { kid, activeFromMs } = await server.rotate(COMMAND_LINE);
      expect(activeFromMs).toBe(START_MS + HOUR_MS);
      server.time.nowMs = activeFromMs - 1;
      expect(kidOf(await server.sign())).toBe(before);
      server.time.nowMs = activeFromMs;
      expect(kidOf(await server.sign())).toBe(kid);
    });

    it('asked for twice in that hour changes nothing more', async () => {
      const storage = await open();
      const server = instanceOn(storage);
      await server.ensure();
      const first = await server.rotate(COMMAND_LINE);
      const keys = await listSigningKeys(storage.read);
      server.time.nowMs += MINUTE_MS;
      expect(await server.rotate(COMMAND_LINE)).toEqual(first);
      expect(await listSigningKeys(storage.read)).toEqual(keys);
    });

    it('takes the replaced key out of use an hour after the change, with whatever it signed', async () => {
      const server = instanceOn(await open());
      server.time.nowMs += DAY_MS;
      await server.ensure();
      server.time.nowMs += DAY_MS;
      const long = await server.sign('at+jwt', DAY_MS);
      const brief = await server.sign();
      expect(await server.refusal(long)).toBe('accepted');
      await server.rotate(COMMAND_LINE);
      server.time.nowMs += HOUR_MS - 1000;
      expect(await server.refusal(long)).toBe('accepted');
      server.time.nowMs += 1000;
      expect(await server.published()).not.toContain(kidOf(long));
      expect(await server.refusal(long)).toBe('key');
      // A browser that comes back after a week has such a token in its cookie; it must not look forged.
      expect(await server.refusal(brief)).toBe('expired');
      expect(await instanceOn(await open()).refusal(brief)).toBe('key');
    });

    it('leaves what signs published as long as it signs, however often it comes', async () => {
      const server = instanceOn(await open());
      await server.ensure();
      for (const agoMs of [DAY_MS, 5 * MINUTE_MS, HOUR_MS, 0, 29 * DAY_MS]) {
        server.time.nowMs += agoMs;
        await server.rotate(COMMAND_LINE);
        const endMs = server.time.nowMs + 2 * HOUR_MS;
        for (; server.time.nowMs < endMs; server.time.nowMs += 10 * MINUTE_MS) {
          const token = await server.sign();
          expect(await server.published()).toContain(kidOf(token));
          expect(await server.refusal(token)).toBe('accepted');
        }
      }
      for (let day = 0; day < 62; day += 1) {
        server.time.nowMs += DAY_MS;
        expect(await server.refusal(await server.sign())).toBe('accepted');
      }
    });

    it('by several at once is done once', async () => {
      const storage = await open();
      const time = { nowMs: START_MS };
      const servers = Array.from({ length: 4 }, () => instanceOn(storage, { time }));
      await servers[0]?.ensure();
      const before = await listSigningKeys(storage.read);
      const outcomes = await Promise.allSettled(servers.map((server) => server.rotate(COMMAND_LINE)));
      const faults = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      expect(faults).toEqual(faults.map(() => expect.objectContaining({ code: 'state_conflict' })));
      expect(await listSigningKeys(storage.read)).toHaveLength(before.length + 1);
    });
  });

  describe('the master secret', () => {
    it('keeps the private halves unreadable in the database', async () => {
      const storage = await open();
      const server = instanceOn(storage);
      await server.ensure();
      for (const row of await listSigningKeys(storage.read)) {
        expect(Object.keys(row.publicJwk).toSorted()).toEqual(['crv', 'kty', 'x', 'y']);
        expect(createSealer([NEW_SECRET]).open('signing key', row.sealedPrivateKey)).toBeNull();
      }
    });

    it('may be replaced: after one start with both, the old one may go', async () => {
      const storage = await open();
      const token = await instanceOn(storage).sign();
      await instanceOn(storage, { secrets: [NEW_SECRET, OLD_SECRET] }).ensure();
      const server = instanceOn(storage, { secrets: [NEW_SECRET] });
      await server.ensure();
      expect(await server.refusal(token)).toBe('accepted');
      expect(kidOf(await server.sign())).toBe(kidOf(token));
    });

    it(
      'may be replaced though a key only verifies hints still, which one that was lost doesn’t stop',
      { timeout: 60_000 },
      async () => {
        const storage = await open();
        const time = { nowMs: START_MS };
        const rs256 = async (secrets: string[]) => {
          const started = instanceOn(storage, { time, secrets });
          await started.ensure();
          const keys = await started.privateKeys();
          time.nowMs += MINUTE_MS;
          expect(await started.privateKeys()).toBe(keys);
          return keys.flatMap(({ algorithm, kid }) => (algorithm === 'RS256' ? [kid] : []));
        };
        const [first] = await rs256([OLD_SECRET]);
        time.nowMs += 31 * DAY_MS;
        await rs256([OLD_SECRET]);
        time.nowMs += DAY_MS;
        const server = instanceOn(storage, { time });
        expect(await server.published()).not.toContain(first);
        const signs = (await server.list()).find((key) => key.algorithm === 'RS256' && key.status === 'current');
        const held = await rs256([NEW_SECRET, OLD_SECRET]);
        expect(held).toEqual([signs?.kid, first, expect.any(String)]);
        expect(await rs256([NEW_SECRET])).toEqual(held);

        const sealed = createSealer(['a secret that is gone, 32 bytes or more']).seal('signing key', Buffer.from('x'));
        await storage.transact((tx) => resealKey(tx, first ?? '', sealed));
        expect(await rs256([NEW_SECRET])).toEqual(held.filter((kid) => kid !== first));
      },
    );

    it('that was lost stops the start, with a sentence that says what to do', async () => {
      const storage = await open();
      await instanceOn(storage).ensure();
      const server = instanceOn(storage, { secrets: [NEW_SECRET] });
      await expect(server.ensure()).rejects.toThrow(/^No secret in LATCHKEY_SECRET opens the signing key/);
      await expect(server.sign()).rejects.toThrow('LATCHKEY_SECRET');
    });
  });

  describe('what is signed', () => {
    it('verifies with the published keys alone, by our package and by anybody else', async () => {
      const server = instanceOn(await open(), { time: { nowMs: Math.floor(Date.now() / 1000) * 1000 } });
      const token = await server.sign();
      const set = await server.jwks();
      const keys = (kid: string) => set.keys.find((key) => key.kid === kid);
      expect(await verifyAccessToken(token, { ...server.expected(), keys })).toMatchObject({ sub: 'acc_1' });
      const { payload } = await jwtVerify(token, createLocalJWKSet(set), { issuer: ISSUER, typ: 'at+jwt' });
      expect(payload).toEqual(await server.verify(token));
    });

    it('[B20] is good for its own kind alone, also when it was seen before', async () => {
      const server = instanceOn(await open());
      const token = await server.sign('session+jwt');
      expect(await server.refusal(token)).toBe('type');
      expect(await server.refusal(token)).toBe('type');
      const accepted = await server.sign();
      expect(await server.refusal(accepted)).toBe('accepted');
      expect(await server.refusal(accepted)).toBe('accepted');
    });

    it('expires in time, also when it was seen before', async () => {
      const server = instanceOn(await open());
      const token = await server.sign();
      expect(await server.refusal(token)).toBe('accepted');
      server.time.nowMs += 15 * MINUTE_MS;
      expect(await server.refusal(token)).toBe('expired');
    });

    it("can't be changed for the next caller by one who read it", async () => {
      const server = instanceOn(await open());
      const token = await server.sign();
      Object.assign(await server.verify(token), { sub: 'acc_2', exp: 9_999_999_999 });
      expect(await server.verify(token)).toMatchObject({ sub: 'acc_1' });
    });

    it('with a key that nobody knows is refused, and asks the database at most every five seconds', async () => {
      const token = await instanceOn(await open()).sign();
      const storage = await open();
      let reads = 0;
      const counted: Storage = {
        ...storage,
        get read() {
          reads += 1;
          return storage.read;
        },
      };
      const server = instanceOn(counted);
      await server.ensure();
      reads = 0;
      for (let round = 1; round <= 3; round += 1) {
        server.time.nowMs += 5 * SECOND_MS;
        for (let tries = 0; tries < 20; tries += 1) expect(await server.refusal(token)).toBe('key');
        expect(reads).toBe(round);
      }
    });
  });
});
