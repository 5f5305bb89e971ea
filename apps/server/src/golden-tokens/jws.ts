import { createHmac, sign as signBytes, type KeyObject } from 'node:crypto';

export type Sign = (input: string) => Buffer;

/** A compact JWS (RFC 7515) with whatever header, payload and signature: what is wrong with it is the caller's choice. */
export function jws(header: object, payload: object | string, sign: Sign): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const input = `${encode(JSON.stringify(header))}.${encode(text)}`;
  return `${input}.${sign(input).toString('base64url')}`;
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** RFC 7518 section 3.4 has the two numbers side by side; DER is how OpenSSL writes them. */
export const byEs256 =
  (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Sign =>
  (input) =>
    signBytes('sha256', Buffer.from(input), { key, dsaEncoding });

export const byRs256 =
  (key: KeyObject): Sign =>
  (input) =>
    signBytes('sha256', Buffer.from(input), key);

export const byHs256 =
  (secret: string): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

/** These bytes, whatever is signed. */
export const bytes =
  (signature: Buffer): Sign =>
  () =>
    signature;
