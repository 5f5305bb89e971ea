import { describe, expect, it } from 'vitest';

import { equalDigests, sha256 } from './index.ts';

describe('digests', () => {
  it('are SHA-256 in base64url, as they stand in the database', () => {
    expect(sha256('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });

  it('are equal only when they are the same', () => {
    expect(equalDigests(sha256('a'), sha256('a'))).toBe(true);
    for (const other of [sha256('b'), '', sha256('a').slice(1), `${sha256('a')}=`, sha256('a').toUpperCase(), 'é']) {
      expect(equalDigests(sha256('a'), other)).toBe(false);
      expect(equalDigests(other, sha256('a'))).toBe(false);
    }
  });
});
