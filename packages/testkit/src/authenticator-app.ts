import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** What an authenticator app that was given this secret shows at this time: RFC 6238, SHA-1, six digits, 30 seconds. */
export function codeOfApp(secret: string, atMs: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(atMs / STEP_MS)));
  const mac = createHmac('sha1', fromBase32(secret)).update(new Uint8Array(counter.buffer)).digest();
  const view = new DataView(mac.buffer, mac.byteOffset, mac.length);
  const number = view.getUint32(view.getUint8(19) % 16) % 2 ** 31;
  return (number % 1_000_000).toString().padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
