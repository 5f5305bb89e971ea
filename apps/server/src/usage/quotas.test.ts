import type { ApiKeyId, Quota } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit';
import { describe, expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import { DAY_MS } from '../time/index.ts';
import { periodEndMs } from './quota-period.ts';
import { createQuotas } from './quotas.ts';

const KEY = 'a'.repeat(22) as ApiKeyId;
/** A Friday. */
const START_MS = Date.UTC(2026, 10, 27, 12);

function instanceOver(storage: Storage) {
  const time = { nowMs: START_MS };
  const quotas = createQuotas({ storage, clock: () => time.nowMs });
  const take = (quota: Quota, calls = 1) => quotas.take(KEY, quota, calls);
  return { time, quotas, take };
}

async function allowedOf(takes: Promise<{ allowed: boolean }>[]): Promise<number> {
  return (await Promise.all(takes)).filter(({ allowed }) => allowed).length;
}

describe('a quota refills', () => {
  it.each([
    ['day', START_MS, Date.UTC(2026, 10, 28)],
    ['day', Date.UTC(2026, 10, 28), Date.UTC(2026, 10, 29)],
    ['week', START_MS, Date.UTC(2026, 10, 30)],
    ['week', Date.UTC(2026, 10, 30), Date.UTC(2026, 11, 7)],
    ['month', START_MS, Date.UTC(2026, 11, 1)],
    ['month', Date.UTC(2026, 11, 31, 23, 59), Date.UTC(2027, 0, 1)],
  ] as const)('at the end of its %s, in UTC', (per, atMs, endMs) => {
    expect(periodEndMs(per, atMs)).toBe(endMs);
  });
});

onEveryDatabase((_name, open) => {
  it('of a hundred and fifty calls is counted call by call', async () => {
    const storage = await open();
    const { take, quotas } = instanceOver(storage);
    const quota: Quota = { limit: 150, per: 'day' };
    expect(await allowedOf(Array.from({ length: 200 }, () => take(quota)))).toBe(150);
    expect(await take(quota)).toEqual({ allowed: false, retryAfterMs: DAY_MS / 2 });
    expect(await quotas.stateOf(KEY, quota)).toEqual({ ...quota, left: 0, refillsAtMs: START_MS + DAY_MS / 2 });
  });

  it('refills, and a longer one does not before its time', async () => {
    const { take, time } = instanceOver(await open());
    expect(await allowedOf([1, 2, 3].map(() => take({ limit: 2, per: 'day' })))).toBe(2);
    time.nowMs += DAY_MS / 2;
    expect(await allowedOf([1, 2, 3].map(() => take({ limit: 2, per: 'day' })))).toBe(2);
  });

  it('of many calls lets two instances together through no more than its limit, and 1 % less at most', async () => {
    const storage = await open();
    const [one, other] = [instanceOver(storage), instanceOver(storage)];
    const quota: Quota = { limit: 1_000, per: 'month' };
    const taken = Array.from({ length: 1_400 }, (_, call) => (call % 3 === 0 ? one : other).take(quota));
    const allowed = await allowedOf(taken);
    expect(allowed).toBeLessThanOrEqual(1_000);
    expect(allowed).toBeGreaterThanOrEqual(990);
  });

  it('is lost by no restart, and by a kill no more than 1 %', async () => {
    const storage = await open();
    const quota: Quota = { limit: 1_000, per: 'week' };
    const stopped = instanceOver(storage);
    await stopped.take(quota);
    await stopped.quotas.close();
    const killed = instanceOver(storage);
    expect(await killed.quotas.stateOf(KEY, quota)).toMatchObject({ left: 999 });
    await killed.take(quota);
    expect(await killed.quotas.stateOf(KEY, quota)).toMatchObject({ left: 998 });
    expect(await instanceOver(storage).quotas.stateOf(KEY, quota)).toMatchObject({ left: 989 });
  });

  it('takes a batch whole or not at all, and follows a limit that was changed', async () => {
    const { take, quotas } = instanceOver(await open());
    expect((await take({ limit: 5, per: 'day' }, 4)).allowed).toBe(true);
    expect((await take({ limit: 5, per: 'day' }, 4)).allowed).toBe(false);
    expect((await take({ limit: 5, per: 'day' }, 1)).allowed).toBe(true);
    expect((await take({ limit: 8, per: 'day' }, 3)).allowed).toBe(true);
    expect((await take({ limit: 7, per: 'day' }, 1)).allowed).toBe(false);
    expect(await quotas.stateOf(KEY, { limit: 7, per: 'day' })).toMatchObject({ left: 0 });
  });

  it('that was lowered lets no more through, though more of the one before was taken, and what wasn’t used counts for nothing', async () => {
    const { take, quotas } = instanceOver(await open());
    await take({ limit: 100_000, per: 'month' });
    const lowered: Quota = { limit: 100, per: 'month' };
    const taken = [];
    for (let calls = 0; calls < 120; calls += 1) taken.push(await take(lowered));
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(99);
    expect(await quotas.stateOf(KEY, lowered)).toMatchObject({ left: 0 });
  });
});
