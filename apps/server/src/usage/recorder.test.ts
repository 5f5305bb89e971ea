import type { ApiKeyId } from '@latchkey/schemas';
import { createTestClock, onEveryDatabase, type TestClock } from '@latchkey/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { createAudit } from '../audit/index.ts';
import type { Storage } from '../storage/index.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../time/index.ts';
import type { KeyUse } from './gathering.ts';
import { createRecorder, HOURS_KEPT_MS, REMEMBERED_AT_MOST } from './recorder.ts';
import * as rows from './rows.ts';

/** Some time in the middle of an hour. */
const START_MS = Date.UTC(2026, 10, 27, 12, 30);

const keyId = (number: number) => String(number).padStart(22, '0') as ApiKeyId;

const USE: KeyUse = {
  apiKeyId: keyId(0),
  procedure: 'me.get',
  permissions: new Set(),
  outcome: 'ok',
  from: { address: '192.0.2.1', userAgent: 'curl/8' },
  byPreviousSecret: false,
};

function recorderOver(storage: Storage) {
  const failures: unknown[] = [];
  const clock: TestClock = createTestClock(START_MS);
  const audit = createAudit({ storage, clock: clock.now });
  const onFailure = (error: unknown) => void failures.push(error);
  return { clock, failures, recorder: createRecorder({ storage, audit, clock: clock.now, onFailure }), audit };
}

/** A promise that a transaction waits for, and how to keep it: meanwhile nothing else can be written on SQLite. */
function holdWriter(storage: Storage) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = storage.transact(() => promise);
  return async () => {
    resolve();
    await held;
  };
}

async function countedCalls({ read }: Storage): Promise<number> {
  const counted = await read.db.select().from(read.tables.apiKeyUsage);
  return counted.reduce((sum, { ok, denied, limited, failed }) => sum + ok + denied + limited + failed, 0);
}

async function countedByDay({ read }: Storage): Promise<number> {
  const counted = await read.db.select().from(read.tables.apiKeyUsageDays);
  return counted.reduce((sum, { ok }) => sum + ok, 0);
}

/** A recorder that ticks only when it is told to, and then as often as is said, with a call of each of so many keys before each. */
function heldRecorderOver(storage: Storage) {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const { recorder } = recorderOver(storage);
  const tick = (ticks: number, keys: number): void => {
    for (let ticked = 0; ticked < ticks; ticked += 1) {
      for (let key = 0; key < keys; key += 1) recorder.record({ ...USE, apiKeyId: keyId(key) });
      vi.advanceTimersByTime(SECOND_MS);
    }
  };
  /** Once all is written that was due by the last tick, as these two tell. */
  const settle = async (remembered: number, calls: number): Promise<void> => {
    // With held timers, the waiting would tick.
    vi.useRealTimers();
    await vi.waitFor(
      async () => expect([recorder.remembered(), await countedCalls(storage)]).toEqual([remembered, calls]),
      20_000,
    );
  };
  return { recorder, tick, settle };
}

afterEach(() => {
  vi.useRealTimers();
});

onEveryDatabase((name, open) => {
  it('counts by key, procedure, permissions, hour and outcome, and by day', async () => {
    const storage = await open();
    const { recorder, clock } = recorderOver(storage);
    recorder.record(USE);
    recorder.record({ ...USE, outcome: 'denied' });
    recorder.record({ ...USE, procedure: 'apiKeys.list', permissions: new Set(['b:read', 'a:read']) });
    clock.advance(HOUR_MS);
    recorder.record(USE);
    await recorder.close();
    const hours = await storage.read.db.select().from(storage.read.tables.apiKeyUsage);
    const hourMs = START_MS - 30 * 60 * SECOND_MS;
    const none = { apiKeyId: USE.apiKeyId, permissions: '', ok: 0, denied: 0, limited: 0, failed: 0 };
    expect(hours).toHaveLength(3);
    expect(hours).toContainEqual({ ...none, hourMs, procedure: 'me.get', ok: 1, denied: 1 });
    expect(hours).toContainEqual({ ...none, hourMs, procedure: 'apiKeys.list', permissions: 'a:read b:read', ok: 1 });
    expect(hours).toContainEqual({ ...none, hourMs: hourMs + HOUR_MS, procedure: 'me.get', ok: 1 });
    const dayMs = START_MS - (START_MS % DAY_MS);
    expect(await rows.listDays(storage.read, [USE.apiKeyId], 0)).toEqual([
      { apiKeyId: USE.apiKeyId, dayMs, ok: 3, denied: 1, limited: 0, failed: 0 },
    ]);
  });

  it('knows where a key is used from, one network however its address is written [B03]', async () => {
    const storage = await open();
    const { recorder } = recorderOver(storage);
    const from = (address: string | null, userAgent = 'curl/8') =>
      recorder.record({ ...USE, from: { address, userAgent } });
    from('2001:db8::1');
    from('2001:DB8:0:0:ffff::2');
    from('::ffff:192.0.2.1');
    recorder.record({ ...USE, byPreviousSecret: true });
    from(null, 'x'.repeat(5_000));
    await recorder.close();
    const found = await rows.listSources(storage.read, USE.apiKeyId);
    expect(
      found.map(({ network, agent, calls, previousSecretAtMs }) => [network, agent, calls, previousSecretAtMs]),
    ).toEqual([
      ['192.0.2.1', 'curl/8', 2, START_MS],
      ['2001:db8:0:0::/64', 'curl/8', 2, null],
      ['unknown', 'x'.repeat(200), 1, null],
    ]);
  });

  it('tells the audit of a network that is new to a key that was used from few, and from nowhere else', async () => {
    const storage = await open();
    const { recorder, clock, audit } = recorderOver(storage);
    const use = async (address: string, userAgent = 'curl/8') => {
      clock.advance(1);
      recorder.record({ ...USE, from: { address, userAgent, requestId: address } });
      await recorder.flush();
      return (await audit.list({ limit: 100 })).items.length;
    };
    // In the first day, programs are set up.
    expect([await use('192.0.2.1'), await use('2001:db8:1::1')]).toEqual([0, 0]);
    clock.advance(DAY_MS);
    // Another program, and neighbours.
    expect([await use('192.0.2.1', 'node'), await use('192.0.2.9'), await use('2001:db8:1:2::7')]).toEqual([0, 0, 0]);
    expect([await use('203.0.113.7'), await use('203.0.113.7', 'node')]).toEqual([1, 1]);
    expect((await audit.list({ limit: 1 })).items).toMatchObject([
      { act: 'api_key.new_network', target: { id: USE.apiKeyId }, address: '203.0.113.7', requestId: '203.0.113.7' },
    ]);
    const more = [await use('198.51.100.1'), await use('10.0.0.1'), await use('10.0.1.1'), await use('10.0.2.1')];
    // From everywhere: no news any more.
    expect([...more, await use('10.0.3.1')]).toEqual([2, 3, 4, 4, 4]);
    await recorder.close();
  });

  it('keeps no more than fifty sources of a key, the latest', async () => {
    const storage = await open();
    const { recorder, clock } = recorderOver(storage);
    for (let network = 0; network < 60; network += 1) {
      if (network % 15 === 0) await recorder.flush();
      clock.advance(1);
      recorder.record({ ...USE, from: { address: `10.0.0.${network}`, userAgent: 'curl/8' } });
    }
    await recorder.close();
    const networks = (await rows.listSources(storage.read, USE.apiKeyId)).map(({ network }) => network);
    expect(networks).toHaveLength(50);
    // Of the first fifteen, which were written together, ten went.
    expect(networks.filter((network) => Number(network.split('.')[3]) < 15)).toHaveLength(5);
  });

  it('forgets hours after 90 days and days after 400', async () => {
    const storage = await open();
    const { recorder, clock } = recorderOver(storage);
    recorder.record(USE);
    await recorder.flush();
    clock.advance(HOURS_KEPT_MS);
    await recorder.flush();
    expect(await countedCalls(storage)).toBe(1);
    clock.advance(HOUR_MS);
    await recorder.flush();
    expect(await countedCalls(storage)).toBe(0);
    expect(await rows.listDays(storage.read, [USE.apiKeyId], 0)).toHaveLength(1);
    clock.advance(320 * DAY_MS);
    await recorder.close();
    expect(await rows.listDays(storage.read, [USE.apiKeyId], 0)).toEqual([]);
  });

  // A key that made a call is three things to remember: itself, its procedure and its source.

  it('writes all of what is little at the tenth tick, and its counts by hour before', async () => {
    const storage = await open();
    const { recorder, tick, settle } = heldRecorderOver(storage);
    const keys = 333;
    tick(19, keys);
    await settle(2 * keys, 19 * keys);
    expect(await countedByDay(storage)).toBe(10 * keys);
    await recorder.close();
    expect(await countedByDay(storage)).toBe(19 * keys);
  });

  it('writes nothing of what is more than a thousand things until the sixtieth tick, and then all', async () => {
    const storage = await open();
    const { recorder, tick, settle } = heldRecorderOver(storage);
    const keys = 334;
    tick(119, keys);
    await settle(3 * keys, 60 * keys);
    expect(await countedByDay(storage)).toBe(60 * keys);
    await recorder.close();
    expect([await countedCalls(storage), await countedByDay(storage)]).toEqual([119 * keys, 119 * keys]);
  });

  it('counts the ticks anew from a flush on', async () => {
    const storage = await open();
    const { recorder, tick, settle } = heldRecorderOver(storage);
    tick(9, 1);
    await recorder.flush();
    tick(19, 1);
    await settle(2, 9 + 19);
    expect(await countedByDay(storage)).toBe(9 + 10);
    await recorder.close();
  });

  it('counts exactly where two instances write about the same keys', async () => {
    const storage = await open();
    const recorders = [recorderOver(storage).recorder, recorderOver(storage).recorder];
    for (let call = 0; call < 3_000; call += 1) {
      for (const recorder of recorders) recorder.record({ ...USE, apiKeyId: keyId(call % 300) });
      if (call % 1_000 === 999) await Promise.all(recorders.map((recorder) => recorder.flush()));
    }
    await Promise.all(recorders.map((recorder) => recorder.close()));
    expect(await countedCalls(storage)).toBe(6_000);
  });

  if (name !== 'SQLite') return;

  describe('a million calls', () => {
    it('of fifty keys are remembered as what is different of them, and all are counted', async () => {
      const storage = await open();
      const { recorder } = recorderOver(storage);
      for (let call = 0; call < 1_000_000; call += 1) {
        recorder.record({ ...USE, apiKeyId: keyId(call % 50), procedure: `feature.act${call % 7}` });
      }
      // A key with its source, and its procedures.
      expect(recorder.remembered()).toBe(50 * (2 + 7));
      await recorder.close();
      expect(await countedCalls(storage)).toBe(1_000_000);
    });

    it('of a hundred thousand keys never take more than two times the bound, and all are counted', async () => {
      const storage = await open();
      const { recorder, failures } = recorderOver(storage);
      let most = 0;
      for (let call = 0; call < 1_000_000; call += 1) {
        recorder.record({ ...USE, apiKeyId: keyId(Math.floor(call / 10)) });
        most = Math.max(most, recorder.remembered());
        if (call % 250_000 === 0) await recorder.flush();
      }
      expect(most).toBeLessThanOrEqual(2 * REMEMBERED_AT_MOST);
      await recorder.close();
      expect([recorder.remembered(), await countedCalls(storage), failures]).toEqual([0, 1_000_000, []]);
    });

    it('while nothing can be written take no more either, and the log says how many weren’t counted', async () => {
      const storage = await open();
      const { recorder, failures } = recorderOver(storage);
      const letGo = holdWriter(storage);
      for (let call = 0; call < 1_000_000; call += 1) recorder.record({ ...USE, apiKeyId: keyId(call) });
      expect(recorder.remembered()).toBeLessThanOrEqual(2 * REMEMBERED_AT_MOST + 3);
      await letGo();
      await recorder.flush();
      const counted = await countedCalls(storage);
      expect(String(failures[0])).toContain(`${1_000_000 - counted} calls of API keys weren't counted`);
      await recorder.close();
    });
  });
});
