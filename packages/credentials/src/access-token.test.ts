import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ACCESS_TOKEN_TYPE, TokenExpired, TokenInvalid, verifyAccessToken, type KeyFinder } from './index.ts';

const NOW_MS = 1_800_000_000_000;
const NOW = NOW_MS / 1000;
const ISSUER = 'https://latchkey.example';

const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys: KeyFinder = (kid) => (kid === 'k1' ? ours.publicKey : undefined);

const HEADER = { alg: 'ES256', typ: ACCESS_TOKEN_TYPE, kid: 'k1' };
const CLAIMS = {
  iss: ISSUER,
  aud: ISSUER,
  sub: 'acc_1',
  jti: 'j1',
  iat: NOW - 10,
  exp: NOW + 290,
  scope: 'api_keys:read',
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signWith = (key: KeyObject, input: string) =>
  sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');

function token(changes: { header?: object; claims?: object; key?: KeyObject } = {}): string {
  const input = `${encode({ ...HEADER, ...changes.header })}.${encode({ ...CLAIMS, ...changes.claims })}`;
  return `${input}.${signWith(changes.key ?? ours.privateKey, input)}`;
}

const verify = (
  text: string,
  changes: { nowMs?: number; audience?: string; types?: string[]; keys?: KeyFinder; mayBeBound?: boolean } = {},
) =>
  verifyAccessToken(text, {
    issuer: ISSUER,
    audience: ISSUER,
    types: [ACCESS_TOKEN_TYPE],
    nowMs: NOW_MS,
    keys,
    ...changes,
  });

const refusal = (text: string, changes: Parameters<typeof verify>[1] = {}) =>
  verify(text, changes).then(
    () => 'accepted',
    (error: unknown) =>
      error instanceof TokenInvalid ? error.fault : error instanceof TokenExpired ? 'expired' : error,
  );

describe('an access token', () => {
  it('is accepted with all of its claims', async () => {
    expect(await verify(token({ claims: { extra: 1 } }))).toEqual({ ...CLAIMS, extra: 1 });
  });

  it('is accepted when one of its audiences is the one asked for', async () => {
    expect(await refusal(token({ claims: { aud: ['https://other.example', ISSUER] } }))).toBe('accepted');
  });

  it('is verified with a key that is found later, as well', async () => {
    expect(await refusal(token(), { keys: async () => ours.publicKey })).toBe('accepted');
    expect(await refusal(token(), { keys: async () => ours.publicKey.export({ format: 'jwk' }) })).toBe('accepted');
  });

  it('expires at the very second that it names', async () => {
    expect(await refusal(token(), { nowMs: CLAIMS.exp * 1000 - 1 })).toBe('accepted');
    expect(await refusal(token(), { nowMs: CLAIMS.exp * 1000 })).toBe('expired');
  });
});

describe('a forged access token is invalid', () => {
  it('[B08] alg none, with and without a signature', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      const [header, payload, signature] = token({ header: { alg } }).split('.');
      expect(await refusal(`${header}.${payload}.${signature}`)).toBe('algorithm');
      expect(await refusal(`${header}.${payload}.`)).toBe('malformed');
      expect(await refusal(`${header}.${payload}`)).toBe('malformed');
    }
  });

  it('[B08] HS256 with the public key as its secret', async () => {
    const secrets = [
      ours.publicKey.export({ format: 'pem', type: 'spki' }),
      ours.publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(ours.publicKey.export({ format: 'jwk' })),
    ];
    for (const secret of secrets) {
      const input = `${encode({ ...HEADER, alg: 'HS256' })}.${encode(CLAIMS)}`;
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      expect(await refusal(`${input}.${mac}`)).toBe('algorithm');
    }
  });

  it('[B08] an algorithm that is no longer or not yet on the list', async () => {
    for (const alg of ['ES256K', 'ES384', 'RS256', 'PS256', 'EdDSA', 'es256', 'HS512', 'dir', null, ['ES256']]) {
      expect(await refusal(token({ header: { alg } }))).toBe('algorithm');
    }
  });

  it("signed by somebody else's key under our key's name", async () => {
    expect(await refusal(token({ key: theirs.privateKey }))).toBe('signature');
  });

  it('signed by a key that brings itself along', async () => {
    const jwk = theirs.publicKey.export({ format: 'jwk' });
    const jku = 'https://evil.example/jwks.json';
    expect(await refusal(token({ key: theirs.privateKey, header: { jwk, jku, x5u: jku } }))).toBe('signature');
  });

  it('by a key that is unknown or unnamed', async () => {
    for (const kid of ['k2', '', '__proto__', 'constructor', '../k1', undefined, 1, null]) {
      expect(await refusal(token({ header: { kid } }))).toBe('key');
    }
  });

  it('with any extension that must be understood', async () => {
    for (const crit of [['b64'], ['exp'], [], 'b64', null]) {
      expect(await refusal(token({ header: { crit, b64: true } }))).toBe('extension');
    }
  });

  it('with any one byte of its claims or signature changed', async () => {
    const [header, payload, signature] = token().split('.') as [string, string, string];
    const flip = (part: string, at: number, bit: number) => {
      const bytes = Buffer.from(part, 'base64url');
      bytes[at % bytes.length]! ^= 1 << bit;
      return bytes.toString('base64url');
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(7), async (at, bit) => {
        expect(await refusal(`${header}.${flip(payload, at, bit)}.${signature}`)).toBe('signature');
        expect(await refusal(`${header}.${payload}.${flip(signature, at, bit)}`)).toBe('signature');
      }),
    );
  });
});

describe('an access token of another kind or for another is invalid', () => {
  it('[B20] every other typ', async () => {
    for (const typ of [
      'JWT',
      'jwt',
      'rt+jwt',
      'id+jwt',
      'application/at+jwt',
      'AT+JWT',
      'at+jwt ',
      '',
      undefined,
      null,
    ]) {
      expect(await refusal(token({ header: { typ } }))).toBe('type');
    }
    expect(await refusal(token(), { types: ['other+jwt'] })).toBe('type');
    expect(await refusal(token(), { types: [] })).toBe('type');
  });

  it('another issuer', async () => {
    for (const iss of ['https://evil.example', `${ISSUER}/`, ISSUER.toUpperCase()]) {
      expect(await refusal(token({ claims: { iss } }))).toBe('issuer');
    }
  });

  it('bound to a key, whose proof nobody here asks for (RFC 9449 section 7.2)', async () => {
    expect(await refusal(token({ claims: { cnf: { jkt: 'x' } } }))).toBe('bound');
    expect(await refusal(token({ claims: { cnf: { jkt: 'x' } } }), { mayBeBound: true })).toBe('accepted');
  });

  it('another audience', async () => {
    for (const aud of ['https://other.example', [`${ISSUER}/`], `${ISSUER}.evil.example`]) {
      expect(await refusal(token({ claims: { aud } }))).toBe('audience');
    }
  });

  it('not valid yet', async () => {
    expect(await refusal(token({ claims: { nbf: NOW + 1 } }))).toBe('not_yet');
    expect(await refusal(token({ claims: { nbf: NOW } }))).toBe('accepted');
  });

  it('any required claim missing or of the wrong kind', async () => {
    for (const claim of ['iss', 'sub', 'aud', 'exp', 'iat', 'jti']) {
      for (const value of [undefined, null, '', {}, [], true, -1, 1.5, '1800000290']) {
        if (typeof value === 'string' && value !== '' && !['exp', 'iat'].includes(claim)) continue;
        expect([claim, value, await refusal(token({ claims: { [claim]: value } }))]).toEqual([claim, value, 'claims']);
      }
    }
  });

  it('claims that are no object', async () => {
    for (const claims of [[CLAIMS], 'claims', null, 1]) {
      const input = `${encode(HEADER)}.${encode(claims)}`;
      expect(await refusal(`${input}.${signWith(ours.privateKey, input)}`)).toBe('malformed');
    }
  });
});

describe('expired is said only of a token that is right in all else', () => {
  const late = { nowMs: NOW_MS + 3_600_000 };
  it.each([
    ['forged', token({ key: theirs.privateKey }), 'signature'],
    ['of an unknown key', token({ header: { kid: 'k2' } }), 'key'],
    ['of another kind', token({ header: { typ: 'JWT' } }), 'type'],
    ['of another issuer', token({ claims: { iss: 'https://evil.example' } }), 'issuer'],
    ['for another audience', token({ claims: { aud: 'https://other.example' } }), 'audience'],
    ['without an owner', token({ claims: { sub: undefined } }), 'claims'],
    ['right', token(), 'expired'],
  ])('%s', async (_, text, expected) => {
    expect(await refusal(text, late)).toBe(expected);
  });
});

describe('[B27] only one spelling of a token verifies', () => {
  const [header, payload, signature] = token().split('.') as [string, string, string];

  it('refuses spare bits, padding, spaces and the other alphabet', async () => {
    // 64 bytes of signature leave 4 spare bits in the last character: 15 other characters decode to the same bytes.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const bytes = Buffer.from(signature, 'base64url');
    const twins = [...alphabet]
      .map((last) => signature.slice(0, -1) + last)
      .filter((twin) => twin !== signature && Buffer.from(twin, 'base64url').equals(bytes));
    expect(twins).toHaveLength(15);
    const spellings = [...twins, `${signature}=`, `${signature}==`, ` ${signature}`, `${signature}\n`, `${signature}.`];
    for (const spelling of spellings) {
      expect(await refusal(`${header}.${payload}.${spelling}`)).toBe('malformed');
    }
    for (const text of [
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}==.${signature}`,
      ` ${header}.${payload}.${signature}`,
    ]) {
      expect(await refusal(text)).toBe('malformed');
    }
    for (const jti of ['j', 'jj', 'jjj']) {
      const [, longer = '', itsSignature] = token({ claims: { jti } }).split('.');
      const twin = [...alphabet].map((last) => longer.slice(0, -1) + last).filter((each) => each !== longer);
      for (const each of twin.filter((part) =>
        Buffer.from(part, 'base64url').equals(Buffer.from(longer, 'base64url')),
      )) {
        expect(await refusal(`${header}.${each}.${itsSignature}`)).toBe('malformed');
      }
    }
    const slashed = encode({ ...CLAIMS, jti: '???>>>~~~' });
    const input = `${encode(HEADER)}.${slashed}`;
    const signed = `${input}.${signWith(ours.privateKey, input)}`;
    expect(await refusal(signed)).toBe('accepted');
    expect(slashed).toMatch(/[-_]/);
    const other = slashed.replaceAll('-', '+').replaceAll('_', '/');
    expect(await refusal(`${encode(HEADER)}.${other}.${signed.split('.')[2]}`)).toBe('malformed');
  });

  it('refuses every text but the one that was signed', async () => {
    const text = token();
    const anyEdit = fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(2),
      put: fc.string({ unit: 'binary', maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(anyEdit, async ({ at, drop, put }) => {
        const edited = text.slice(0, at) + put + text.slice(at + drop);
        fc.pre(edited !== text);
        await expect(verify(edited)).rejects.toBeInstanceOf(TokenInvalid);
      }),
      { numRuns: 500 },
    );
  });
});

describe('text that is no token is invalid', () => {
  it('whatever it is', async () => {
    const parts = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json().map((json) => Buffer.from(json).toString('base64url')),
      ),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(parts, async (some) => {
        await expect(verify(some.join('.'))).rejects.toBeInstanceOf(TokenInvalid);
      }),
      { numRuns: 500 },
    );
  });

  it('[B29] with a header that names __proto__', async () => {
    const header = Buffer.from('{"__proto__":{"alg":"ES256","kid":"k1","typ":"at+jwt"}}').toString('base64url');
    expect(await refusal(`${header}.${encode(CLAIMS)}.AA`)).toBe('algorithm');
  });

  it('over 8 kB, without a look inside, though the signature is right', async () => {
    let asked = false;
    const text = token({ claims: { scope: 'x'.repeat(7000) } });
    expect(text.length).toBeGreaterThan(8192);
    expect(
      await refusal(text, {
        keys: () => {
          asked = true;
          return ours.publicKey;
        },
      }),
    ).toBe('malformed');
    expect(asked).toBe(false);
  });

  it('and its text is in no error', async () => {
    const text = token({ key: theirs.privateKey });
    const error: unknown = await verify(text).catch((thrown: unknown) => thrown);
    expect(inspect(error)).toContain('TokenInvalid');
    expect(inspect(error)).not.toContain(text.split('.')[2]);
  });
});

describe('[B19] trouble in finding a key', () => {
  it('stays that trouble', async () => {
    const outage = new Error('database down');
    expect(await refusal(token(), { keys: () => Promise.reject(outage) })).toBe(outage);
  });

  it('stays that trouble when the key is of the wrong kind, which is our own mistake', async () => {
    const rsa = createPublicKey(
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' }),
    );
    expect(await refusal(token(), { keys: () => rsa })).toHaveProperty('name', 'DataError');
  });
});
