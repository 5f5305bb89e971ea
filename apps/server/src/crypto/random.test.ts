import { accountId, apiKeyId, sessionId } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { randomBase62, randomId } from './index.ts';

describe('random text', () => {
  it('has the asked length and only letters and digits', () => {
    for (const length of [0, 1, 22, 43]) expect(randomBase62(length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
  });

  it('draws every one of the 62 characters as often as any other', () => {
    const drawn = 620_000;
    const counts = new Map<string, number>();
    for (const each of randomBase62(drawn)) counts.set(each, (counts.get(each) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // A byte taken modulo 62 would draw some characters a quarter more often. Five standard deviations are 5 %.
    for (const count of counts.values()) expect(Math.abs(count - drawn / 62)).toBeLessThan(600);
  });

  it('makes ids that the wire takes, each one new', () => {
    expect(accountId.safeParse(randomId('acc')).success).toBe(true);
    expect(sessionId.safeParse(randomId('ses')).success).toBe(true);
    expect(sessionId.safeParse(randomId('acc')).success).toBe(false);
    expect(apiKeyId.safeParse(randomBase62(22)).success).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, () => randomId('acc'))).size).toBe(1000);
  });
});
