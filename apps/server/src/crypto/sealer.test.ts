import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createSealer } from './index.ts';

const OLD = 'the old master secret, 32 bytes or more';
const NEW = 'the new master secret, 32 bytes or more';
const plain = Buffer.from('a private key');

describe('sealing', () => {
  it('gives back the very bytes', () => {
    const sealer = createSealer([OLD]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(sealer.open('signing key', sealer.seal('signing key', bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('hides the text and never seals it the same way twice', () => {
    const sealer = createSealer([OLD]);
    const seals = Array.from({ length: 100 }, () => sealer.seal('signing key', plain));
    expect(new Set(seals).size).toBe(100);
    for (const seal of seals) expect(Buffer.from(seal.slice(3), 'base64url').includes(plain)).toBe(false);
  });

  it('opens for no other purpose', () => {
    const sealer = createSealer([OLD]);
    expect(sealer.open('refresh', sealer.seal('signing key', plain))).toBeNull();
  });

  it('opens what an older secret sealed for as long as that secret is listed', () => {
    const sealed = createSealer([OLD]).seal('signing key', plain);
    expect(createSealer([NEW, OLD]).open('signing key', sealed)).toEqual(plain);
    expect(createSealer([NEW]).open('signing key', sealed)).toBeNull();
  });

  it('seals with the first secret', () => {
    const sealed = createSealer([NEW, OLD]).seal('signing key', plain);
    expect(createSealer([NEW]).open('signing key', sealed)).toEqual(plain);
    expect(createSealer([OLD]).open('signing key', sealed)).toBeNull();
  });

  it('renews a seal of an older secret, so that the secret may go', () => {
    const sealed = createSealer([OLD]).seal('signing key', plain);
    const both = createSealer([NEW, OLD]);
    const renewed = both.reseal('signing key', sealed) ?? '';
    expect(createSealer([NEW]).open('signing key', renewed)).toEqual(plain);
    expect(both.reseal('signing key', renewed)).toBeNull();
    expect(createSealer([NEW]).reseal('signing key', sealed)).toBeNull();
  });

  it('opens nothing that was changed, cut or made up', () => {
    const sealer = createSealer([OLD]);
    const sealed = sealer.seal('signing key', plain);
    expect(sealer.open('signing key', sealed.replace('s1.', 's2.'))).toBeNull();
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(sealer.open('signing key', `s1.${changed.toString('base64url')}`)).toBeNull();
      expect(sealer.open('signing key', `s1.${bytes.subarray(0, at).toString('base64url')}`)).toBeNull();
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sealer.open('signing key', text)).toBeNull();
        expect(sealer.open('signing key', `s1.${text}`)).toBeNull();
      }),
    );
  });

  it('refuses to work without a secret', () => {
    expect(() => createSealer([])).toThrow('needs a master secret');
  });
});

describe('derived keys', () => {
  it('are one for each purpose and secret, the same at each start', () => {
    const key = createSealer([NEW, OLD]).deriveKey('refresh');
    expect(key).toHaveLength(32);
    expect(createSealer([NEW]).deriveKey('refresh')).toEqual(key);
    expect(createSealer([OLD]).deriveKey('refresh')).not.toEqual(key);
    expect(createSealer([NEW]).deriveKey('signing key')).not.toEqual(key);
  });
});
