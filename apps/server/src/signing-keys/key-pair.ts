import { createPrivateKey, createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';

import type { Sealer } from '../crypto/index.ts';
import type { SigningKeyRow } from './rows.ts';

const ALGORITHM = 'ES256';
export const PURPOSE = 'signing key';

/** A public key as it is published (RFC 7517). */
export type PublicJwk = { kty: string; crv: string; x: string; y: string; kid: string; alg: 'ES256'; use: 'sig' };

/** A new pair, named by its thumbprint (RFC 7638), with its private half sealed as PKCS#8. */
export async function makeKeyPair(
  sealer: Sealer,
): Promise<Pick<SigningKeyRow, 'kid' | 'algorithm' | 'publicJwk' | 'sealedPrivateKey'>> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const publicJwk = { kty, crv, x, y };
  return {
    kid: await calculateJwkThumbprint(publicJwk),
    algorithm: ALGORITHM,
    publicJwk,
    sealedPrivateKey: sealer.seal(PURPOSE, privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}

/** Throws when the master secret that sealed the key is gone: going on with new keys would hide that. */
export function openPrivateKey(sealer: Sealer, { kid, sealedPrivateKey }: SigningKeyRow): KeyObject {
  const key = sealer.open(PURPOSE, sealedPrivateKey);
  if (key === null) {
    throw new Error(
      `No secret in LATCHKEY_SECRET opens the signing key ${kid}. Add the secret that was there before to the list.`,
    );
  }
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** The same private key under the newest master secret; null when it is already. */
export function resealPrivateKey(sealer: Sealer, { sealedPrivateKey }: SigningKeyRow): string | null {
  return sealer.reseal(PURPOSE, sealedPrivateKey);
}

export function openPublicKey({ publicJwk }: SigningKeyRow): KeyObject {
  return createPublicKey({ key: publicJwk, format: 'jwk' });
}

/** Member by member, so that nothing else can ever be published. */
export function publishedKey({ kid, publicJwk }: SigningKeyRow): PublicJwk {
  const { kty = '', crv = '', x = '', y = '' } = publicJwk;
  return { kty, crv, x, y, kid, alg: ALGORITHM, use: 'sig' };
}

/** A compact JWS (RFC 7515). By `node:crypto` in one call: a lone signature costs less than half of WebCrypto's. */
export function signText(key: KeyObject, { kid, typ, claims }: { kid: string; typ: string; claims: object }): string {
  const input = `${encode({ alg: ALGORITHM, typ, kid })}.${encode(claims)}`;
  // RFC 7518 section 3.4: the two numbers side by side, and not in DER as OpenSSL has them.
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
