import fc from 'fast-check';
import { sealData } from 'iron-session';
import { describe, expect, it } from 'vitest';

import { createCookieSealer, randomBase62, randomId, type SessionCookie } from './index.ts';

const OLD = 'the old master secret, 32 bytes or more';
const NEW = 'the new master secret, 32 bytes or more';
const TTL_MS = 1000;
const START_MS = 1_800_000_000_000;

function sealerOf(secrets: string[], nowMs = START_MS) {
  const time = { nowMs };
  return { ...createCookieSealer({ secrets, ttlMs: TTL_MS, clock: () => time.nowMs }), time };
}

function cookie(): SessionCookie {
  // As long as a real one: header and claims of 400 characters, a signature of 86.
  return { sid: randomId('ses'), accessToken: randomBase62(520), refreshToken: randomBase62(43) };
}

describe('the sealed session cookie', () => {
  it('opens as what was sealed, the first time and every other', async () => {
    const sealer = sealerOf([OLD]);
    const content = cookie();
    const sealed = await sealer.seal(content);
    expect(await sealer.open(sealed)).toEqual(content);
    expect(await sealer.open(sealed)).toEqual(content);
    expect(await sealerOf([OLD]).open(sealed)).toEqual(content);
  });

  it('shows nothing of its content, fits a header, and stays far under 4 KB', async () => {
    const content = cookie();
    const sealed = await sealerOf([OLD]).seal(content);
    for (const secret of Object.values(content)) expect(sealed).not.toContain(secret);
    expect(sealed).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/);
    expect(sealed.length).toBeLessThan(2000);
  });

  it('opens with any listed secret, wherever it stands in the list', async () => {
    const content = cookie();
    const byOld = await sealerOf([OLD]).seal(content);
    expect(await sealerOf([NEW, OLD]).open(byOld)).toEqual(content);
    expect(await sealerOf([NEW]).open(byOld)).toBeNull();
    const byNew = await sealerOf([NEW, OLD]).seal(content);
    expect(await sealerOf([NEW]).open(byNew)).toEqual(content);
    expect(await sealerOf([OLD]).open(byNew)).toBeNull();
  });

  it('is too old after its time, though it was opened before', async () => {
    const sealer = sealerOf([OLD]);
    const sealed = await sealer.seal(cookie());
    sealer.time.nowMs += TTL_MS - 1;
    expect(await sealer.open(sealed)).not.toBeNull();
    sealer.time.nowMs += 1;
    expect(await sealer.open(sealed)).toBeNull();
  });

  it('cannot be told apart from a broken one by what it answers, nor changed by who opened it', async () => {
    const sealer = sealerOf([OLD]);
    const content = cookie();
    const sealed = await sealer.seal(content);
    const opened = await sealer.open(sealed);
    if (opened) opened.accessToken = 'changed';
    expect(await sealer.open(sealed)).toEqual(content);
  });

  it('[B19] [B27] opens as nothing when any character of it was changed, so that it has one spelling', async () => {
    const sealer = sealerOf([OLD]);
    const sealed = await sealer.seal(cookie());
    const edits = fc.record({ at: fc.nat(sealed.length - 1), put: fc.string({ unit: 'binary', maxLength: 2 }) });
    await fc.assert(
      fc.asyncProperty(edits, async ({ at, put }) => {
        const edited = sealed.slice(0, at) + put + sealed.slice(at + 1);
        fc.pre(edited !== sealed);
        expect(await sealer.open(edited)).toBeNull();
      }),
      { numRuns: 500 },
    );
    const last = sealed.at(-3)!;
    for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.replace(last, '')) {
      expect(await sealer.open(`${sealed.slice(0, -3)}${other}~2`)).toBeNull();
    }
    for (const end of ['', '~', '~1', '~22', '~2~', '~2 ', '=~2']) {
      expect(await sealer.open(sealed.replace(/~2$/, end))).toBeNull();
    }
  });

  it('[B19] opens as nothing when it is garbage, huge, or of another make', async () => {
    const sealer = sealerOf([OLD]);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await sealer.open(text)).toBeNull();
        expect(await sealer.open(`Fe26.2*1*${text}`)).toBeNull();
      }),
    );
    expect(await sealer.open('Fe26.2*'.repeat(200_000))).toBeNull();
    expect(await sealer.open(await sealer.seal({ ...cookie(), accessToken: 'x'.repeat(4096) }))).toBeNull();
    expect(await sealer.open(await sealData(cookie(), { password: 'x'.repeat(43) }))).toBeNull();
  });
});
