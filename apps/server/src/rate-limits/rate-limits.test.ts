import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { createRateLimits } from './index.ts';

function limitsOver(storage: Storage) {
  const time = { nowMs: 1_000_000 };
  return { time, limits: createRateLimits({ storage, clock: () => time.nowMs }) };
}

async function storedKeys({ read }: Storage): Promise<string[]> {
  const rows = await read.db.select().from(read.tables.rateLimits);
  return rows.map((row) => row.key).toSorted();
}

onEveryDatabase((_name, open) => {
  it('counts each of 50 parallel takes once, and allows exactly the limit [B24]', async () => {
    const { limits } = limitsOver(await open());
    const taken = await Promise.all(Array.from({ length: 50 }, () => limits.take('k', 10, MINUTE_MS)));
    expect(taken.filter((each) => each.allowed)).toHaveLength(10);
    const counted = taken.filter((each) => each.allowed).map((each) => each.count);
    expect(counted.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(taken.filter((each) => each.count === 11)).toHaveLength(1);
  });

  it('keeps counting for an attempt that fails afterwards, and refuses to count inside its transaction [B24]', async () => {
    const storage = await open();
    const { limits } = limitsOver(storage);
    const attempt = async () => {
      await limits.take('k', 10, MINUTE_MS);
      await storage.transact(async () => {
        throw new Error('wrong password');
      });
    };
    await expect(attempt()).rejects.toThrow('wrong password');
    expect((await limits.take('k', 10, MINUTE_MS)).count).toBe(2);
    await expect(storage.transact(() => limits.take('k', 10, MINUTE_MS))).rejects.toThrow(/inside transact/);
  });

  it('counts in numbers: 9, 10, 11 [B24]', async () => {
    const { limits } = limitsOver(await open());
    await limits.take('k', 100, MINUTE_MS, 9);
    expect((await limits.take('k', 100, MINUTE_MS)).count).toBe(10);
    expect((await limits.take('k', 100, MINUTE_MS)).count).toBe(11);
  });

  it('starts a window with its first count, and a new one after its end', async () => {
    const { limits, time } = limitsOver(await open());
    await limits.take('k', 1, MINUTE_MS);
    time.nowMs += 20 * SECOND_MS;
    expect(await limits.take('k', 1, MINUTE_MS)).toEqual({ allowed: false, count: 2, retryAfterMs: 40 * SECOND_MS });
    time.nowMs += 40 * SECOND_MS;
    expect(await limits.take('k', 1, MINUTE_MS)).toEqual({ allowed: true, count: 1, retryAfterMs: 0 });
  });

  it('tells the first refusal from those after it, which write nothing', async () => {
    const { limits } = limitsOver(await open());
    await limits.take('k', 1, MINUTE_MS);
    const refusals = [
      await limits.take('k', 1, MINUTE_MS),
      await limits.take('k', 1, MINUTE_MS),
      await limits.take('k', 1, MINUTE_MS),
    ];
    expect(refusals.map((each) => [each.allowed, each.count])).toEqual([
      [false, 2],
      [false, 3],
      [false, 3],
    ]);
  });

  it('counts on after a restart, and for all instances together', async () => {
    const storage = await open();
    await limitsOver(storage).limits.take('k', 5, MINUTE_MS, 2);
    expect((await limitsOver(storage).limits.take('k', 5, MINUTE_MS)).count).toBe(3);
  });

  it('starts a window anew that was begun before the clock was set back', async () => {
    const { limits, time } = limitsOver(await open());
    time.nowMs += DAY_MS;
    for (let over = 0; over < 2; over += 1) await limits.take('k', 1, MINUTE_MS);
    time.nowMs -= DAY_MS;
    expect(await limits.take('k', 1, MINUTE_MS)).toEqual({ allowed: true, count: 1, retryAfterMs: 0 });
    expect(await limits.take('k', 1, MINUTE_MS)).toEqual({ allowed: false, count: 2, retryAfterMs: MINUTE_MS });
  });

  it('counts on where another instance’s clock is a little behind [B24]', async () => {
    const { limits, time } = limitsOver(await open());
    await limits.take('k', 5, SECOND_MS, 2);
    time.nowMs -= 20 * SECOND_MS;
    expect((await limits.take('k', 5, SECOND_MS)).count).toBe(3);
  });

  it('removes windows that have ended, and none that is open', async () => {
    const storage = await open();
    const { limits, time } = limitsOver(storage);
    for (const key of ['a', 'b']) await limits.take(key, 5, MINUTE_MS);
    await limits.take('long', 5, 10 * MINUTE_MS);
    time.nowMs += 2 * MINUTE_MS;
    await limits.take('new', 5, MINUTE_MS);
    expect(await storedKeys(storage)).toEqual(['long', 'new']);
  });
});
