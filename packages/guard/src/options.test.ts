import { formatApiKey } from '@latchkey/credentials';
import type { ApiKeyId } from '@latchkey/schemas';
import { describe, expect, it } from 'vitest';

import { createGuard, type GuardOptions } from './index.ts';

const KEY = formatApiKey('0'.repeat(22) as ApiKeyId, '0'.repeat(43));
const GOOD: GuardOptions = { issuer: 'https://id.example.com', audience: 'https://notes.example.com' };

function complaint(options: object): string {
  try {
    createGuard({ ...GOOD, ...options });
    return 'none';
  } catch (error) {
    return error instanceof TypeError ? error.message : String(error);
  }
}

describe('options that can’t be meant are refused at the start', () => {
  it.each([
    'http://id.example.com',
    'http://127.evil.example',
    'http://localhost.evil.example',
    'https://id.example.com/',
    'https://id.example.com/path',
    'HTTPS://id.example.com',
    'id.example.com',
    'ftp://localhost',
    '',
  ])('the issuer %j', (issuer) => {
    expect(complaint({ issuer })).toContain('issuer');
  });

  it.each(['https://id.example.com', 'http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'but not the issuer %j',
    (issuer) => {
      expect(complaint({ issuer })).toBe('none');
    },
  );

  it.each([
    ['audience', { audience: '' }],
    ['audience', { audience: undefined }],
    ['whenAway', { whenAway: 'accept' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: Number.POSITIVE_INFINITY }],
    ['signingKeysMaxAgeMs', { signingKeysMaxAgeMs: -1 }],
    ['verifiedTokensMax', { verifiedTokensMax: 0 }],
    ['introspection.apiKeyCacheMaxAgeMs', { introspection: { apiKey: KEY, apiKeyCacheMaxAgeMs: Number.NaN } }],
    ['introspection.apiKeyCacheMaxEntries', { introspection: { apiKey: KEY, apiKeyCacheMaxEntries: 0 } }],
  ])('%s: %o', (name, options) => {
    expect(complaint(options)).toContain(`The guard's ${name} must be`);
  });

  it('a key of its own that is none, without a word of it', () => {
    for (const apiKey of ['', `${KEY}\n`, KEY.slice(0, -1), 'secret']) {
      const message = complaint({ introspection: { apiKey } });
      expect(message).toContain('introspection.apiKey');
      if (apiKey) expect(message).not.toContain(apiKey.trim());
    }
  });

  it('guard.apiKey, where no key could be asked about', () => {
    expect(() => createGuard(GOOD).apiKey).toThrow('introspection');
  });
});
