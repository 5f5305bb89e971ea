import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { createRateLimits, type Turn } from './index.ts';

const TURN: Turn = { key: 'k', free: 3, waitsMs: [MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS], quietMs: HOUR_MS };

function turnsOver(storage: Storage) {
  const time = { nowMs: 1_000_000 };
  return { time, turns: createRateLimits({ storage, clock: () => time.nowMs }).turns };
}

async function countOf({ read }: Storage, key = 'k'): Promise<number | undefined> {
  const rows = await read.db.select().from(read.tables.rateLimits);
  return rows.find((row) => row.key === key)?.count;
}

onEveryDatabase((_name, open) => {
  it('lets the free tries through, then makes each wait longer than the one before, up to the longest', async () => {
    const { turns, time } = turnsOver(await open());
    for (let free = 0; free < 3; free += 1) expect(await turns.take([TURN])).toBeNull();
    for (const minutes of [1, 2, 5, 5]) {
      expect(await turns.take([TURN])).toEqual({ turn: TURN, retryAfterMs: minutes * MINUTE_MS });
      time.nowMs += minutes * MINUTE_MS - 1;
      expect(await turns.take([TURN])).toEqual({ turn: TURN, retryAfterMs: 1 });
      time.nowMs += 1;
      expect(await turns.take([TURN])).toBeNull();
    }
  });

  it('makes the first try begin a wait where none is free', async () => {
    const { turns } = turnsOver(await open());
    const strict = { ...TURN, free: 1 };
    expect(await turns.take([strict])).toBeNull();
    expect(await turns.take([strict])).toEqual({ turn: strict, retryAfterMs: MINUTE_MS });
    expect([await turns.note(strict.key), await turns.note(strict.key)]).toEqual([true, false]);
  });

  it('counts a try that must wait on nothing', async () => {
    const storage = await open();
    const { turns } = turnsOver(storage);
    const wide = { ...TURN, key: 'wide', free: 100 };
    for (let tries = 0; tries < 8; tries += 1) await turns.take([TURN, wide]);
    expect([await countOf(storage), await countOf(storage, 'wide')]).toEqual([3, 3]);
  });

  it('lets exactly the free ones of 50 parallel tries through [B24]', async () => {
    const { turns } = turnsOver(await open());
    const taken = await Promise.all(Array.from({ length: 50 }, () => turns.take([TURN])));
    expect(taken.filter((each) => each === null)).toHaveLength(3);
  });

  it('forgets when it was quiet for long enough', async () => {
    const { turns, time } = turnsOver(await open());
    for (let free = 0; free < 3; free += 1) await turns.take([TURN]);
    time.nowMs += HOUR_MS;
    for (let free = 0; free < 3; free += 1) expect(await turns.take([TURN])).toBeNull();
    expect(await turns.take([TURN])).toMatchObject({ retryAfterMs: MINUTE_MS });
  });

  it("gives one back in the caller's transaction, with the wait that it began, and never below nothing", async () => {
    const storage = await open();
    const { turns } = turnsOver(storage);
    for (let free = 0; free < 3; free += 1) await turns.take([TURN]);
    await storage.transact((tx) => turns.giveBack(tx, 'k'));
    expect(await countOf(storage)).toBe(2);
    expect(await turns.take([TURN])).toBeNull();
    expect(await turns.take([TURN])).not.toBeNull();
    for (let times = 0; times < 5; times += 1) await storage.transact((tx) => turns.giveBack(tx, 'k'));
    expect(await countOf(storage)).toBe(0);
    await storage.transact((tx) => turns.giveBack(tx, 'never counted'));
  });

  it("forgets in the caller's transaction, or not when that fails", async () => {
    const storage = await open();
    const { turns } = turnsOver(storage);
    await turns.take([TURN]);
    const failing = storage.transact(async (tx) => {
      await turns.forget(tx, 'k');
      throw new Error('no session');
    });
    await expect(failing).rejects.toThrow('no session');
    expect(await countOf(storage)).toBe(1);
    await storage.transact((tx) => turns.forget(tx, 'k'));
    expect(await countOf(storage)).toBeUndefined();
  });

  it('is noted once in each wait, whoever asks', async () => {
    const { turns, time } = turnsOver(await open());
    for (let free = 0; free < 3; free += 1) await turns.take([TURN]);
    const asked = await Promise.all(Array.from({ length: 10 }, () => turns.note('k')));
    expect(asked.filter(Boolean)).toHaveLength(1);
    time.nowMs += MINUTE_MS;
    await turns.take([TURN]);
    expect([await turns.note('k'), await turns.note('k')]).toEqual([true, false]);
  });

  it('waits on after a restart, and for all instances together', async () => {
    const storage = await open();
    const before = turnsOver(storage);
    for (let free = 0; free < 3; free += 1) await before.turns.take([TURN]);
    const after = turnsOver(storage);
    after.time.nowMs += 20 * SECOND_MS;
    expect(await after.turns.take([TURN])).toEqual({ turn: TURN, retryAfterMs: 40 * SECOND_MS });
  });
});
