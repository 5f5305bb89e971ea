import { apiKeyId } from '@latchkey/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatApiKey, looksLikeApiKey, parseApiKey } from './index.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base62 = (length: number) =>
  fc.string({ unit: fc.constantFrom(...DIGITS), minLength: length, maxLength: length });
const parts = fc.record({ id: base62(22).map((id) => apiKeyId.parse(id)), secret: base62(43) });

const ID = apiKeyId.parse('A'.repeat(22));
const SECRET = 'b'.repeat(43);

describe('the text of an API key', () => {
  it('has the published form', () => {
    expect(formatApiKey(ID, SECRET)).toMatch(/^lk_A{22}_b{43}[0-9A-Za-z]{6}$/);
  });

  it('never changes its checksum, which scanners and old keys rely on', () => {
    // Computed with another language's CRC-32.
    expect(formatApiKey(ID, SECRET).slice(-6)).toBe('0NkYQ0');
  });

  it('reads back as what it was made of', () => {
    fc.assert(
      fc.property(parts, ({ id, secret }) => {
        expect(parseApiKey(formatApiKey(id, secret))).toEqual({ id, secret });
      }),
    );
  });

  it('is refused with any one character changed, left out, doubled or swapped', () => {
    const slip = fc.record({
      kind: fc.constantFrom('change', 'drop', 'double', 'swap'),
      at: fc.nat(74),
      to: fc.constantFrom(...DIGITS),
    });
    fc.assert(
      fc.property(parts, slip, ({ id, secret }, { kind, at, to }) => {
        const text = formatApiKey(id, secret);
        const slipped = {
          change: to,
          drop: '',
          double: text.charAt(at).repeat(2),
          swap: text.charAt(at + 1) + text.charAt(at),
        };
        const typed = text.slice(0, at) + slipped[kind] + text.slice(at + (kind === 'swap' ? 2 : 1));
        fc.pre(typed !== text);
        expect(parseApiKey(typed)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('is never found in any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseApiKey(text)).toBeNull();
      }),
    );
    const text = formatApiKey(ID, SECRET);
    for (const near of [` ${text}`, `${text}\n`, text.toUpperCase(), `${text}\0`, text.slice(3), `lk_${text}`, '']) {
      expect(parseApiKey(near)).toBeNull();
    }
  });
});

describe('the shape of a credential', () => {
  it('tells what claims to be an API key, mistyped ones too', () => {
    expect(looksLikeApiKey('lk_oops')).toBe(true);
    expect(looksLikeApiKey(formatApiKey(ID, SECRET))).toBe(true);
    expect(looksLikeApiKey('eyJhbGciOiJFUzI1NiJ9.e30.x')).toBe(false);
    expect(looksLikeApiKey('')).toBe(false);
  });
});
