import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { base32, totpCode, totpStepOf } from './index.ts';

const RFC_SECRET = Buffer.from('12345678901234567890');

describe('a code of an authenticator app', () => {
  it('is what RFC 4226 appendix D says', () => {
    const codes = Array.from({ length: 10 }, (_, step) => totpCode(RFC_SECRET, step));
    expect(codes.join(' ')).toBe('755224 287082 359152 969429 338314 254676 287922 162583 399871 520489');
  });

  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i is what RFC 6238 appendix B says', (second, code) => {
    expect(totpCode(RFC_SECRET, Math.floor(second / 30))).toBe(code);
    expect(totpStepOf(RFC_SECRET, code, second * 1000)).toBe(Math.floor(second / 30));
  });

  it('is taken one step early and late, and no further', () => {
    const nowMs = 1_700_000_000_000;
    const now = Math.floor(nowMs / 30_000);
    const taken = [-2, -1, 0, 1, 2].map((by) => totpStepOf(RFC_SECRET, totpCode(RFC_SECRET, now + by), nowMs));
    expect(taken).toEqual([null, now - 1, now, now + 1, null]);
  });

  it('is no other text, however long', () => {
    for (const text of ['', '0', '2870820', ' 287082', '٢٨٧٠٨٢'])
      expect(totpStepOf(RFC_SECRET, text, 59_000)).toBeNull();
  });
});

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of %j is what RFC 4648 section 10 says, without padding', (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });

  it('keeps every bit', () => {
    const decode = (text: string) => {
      const bits = [...text].map((each) =>
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'),
      );
      return (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
    };
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decode(base32(bytes))).toEqual([...bytes]);
      }),
    );
  });
});
