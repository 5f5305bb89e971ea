import { createPrivateKey, createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';

import type { Sealer } from '../crypto/index.ts';
import { OperatorError } from '../problems/index.ts';
import type { SigningKeyRow } from './rows.ts';

const PURPOSE = 'signing key';

/** ES256 signs access tokens; RS256 signs ID tokens, as OpenID expects of whoever says nothing else. */
export type Algorithm = SigningKeyRow['algorithm'];

/** What a public key of each algorithm consists of (RFC 7518 sections 6.2.1 and 6.3.1). */
const MEMBERS: Readonly<Record<Algorithm, readonly string[]>> = {
  ES256: ['kty', 'crv', 'x', 'y'],
  RS256: ['kty', 'n', 'e'],
};

/** A public key as it is published (RFC 7517). */
export type PublicJwk = Record<string, string> & { kty: string; kid: string; alg: Algorithm; use: 'sig' };

/** A new pair, named by its thumbprint (RFC 7638), with its private half sealed as PKCS#8. */
export async function makeKeyPair(
  sealer: Sealer,
  algorithm: Algorithm,
): Promise<Pick<SigningKeyRow, 'kid' | 'algorithm' | 'publicJwk' | 'sealedPrivateKey'>> {
  const { publicKey, privateKey } = await generate(algorithm);
  const publicJwk = membersOf(publicKey.export({ format: 'jwk' }), algorithm);
  return {
    kid: await calculateJwkThumbprint(publicJwk),
    algorithm,
    publicJwk,
    sealedPrivateKey: sealer.seal(PURPOSE, privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}

function generate(algorithm: Algorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  if (algorithm === 'ES256') return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  // ASVS V11.2.3: 128 bits of security, which 2048 doesn't have.
  return promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
}

function membersOf(jwk: Readonly<Record<string, unknown>>, algorithm: Algorithm): Record<string, string> {
  return Object.fromEntries(MEMBERS[algorithm].map((name) => [name, String(jwk[name])]));
}

/** Throws when the master secret that sealed the key is gone: going on with new keys would hide that. */
export function openPrivateKey(sealer: Sealer, { kid, sealedPrivateKey }: SigningKeyRow): KeyObject {
  const key = sealer.open(PURPOSE, sealedPrivateKey);
  if (key === null) {
    throw new OperatorError(
      `No secret in LATCHKEY_SECRET opens the signing key ${kid}. Add the secret that was there before to the list.`,
    );
  }
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** Whether a master secret opens the private half. */
export function canOpenPrivateKey(sealer: Sealer, { sealedPrivateKey }: SigningKeyRow): boolean {
  return sealer.open(PURPOSE, sealedPrivateKey) !== null;
}

/** The same private key under the newest master secret; null when it is already, or can't be opened. */
export function resealPrivateKey(sealer: Sealer, { sealedPrivateKey }: SigningKeyRow): string | null {
  return sealer.reseal(PURPOSE, sealedPrivateKey);
}

export function openPublicKey({ publicJwk }: SigningKeyRow): KeyObject {
  return createPublicKey({ key: publicJwk, format: 'jwk' });
}

/** Member by member, so that nothing else can ever be published. */
export function publishedKey({ kid, algorithm, publicJwk }: SigningKeyRow): PublicJwk {
  return { ...membersOf(publicJwk, algorithm), kid, alg: algorithm, use: 'sig' } as PublicJwk;
}

/** A compact JWS (RFC 7515). By `node:crypto` in one call: a lone signature costs less than half of WebCrypto's. */
export function signText(key: KeyObject, { kid, typ, claims }: { kid: string; typ: string; claims: object }): string {
  const input = `${encode({ alg: 'ES256', typ, kid })}.${encode(claims)}`;
  // RFC 7518 section 3.4: the two numbers side by side, and not in DER as OpenSSL has them.
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
