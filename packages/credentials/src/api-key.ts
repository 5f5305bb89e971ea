import { crc32 } from 'node:zlib';

import type { ApiKeyId } from '@latchkey/schemas';

const PREFIX = 'lk_';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_LENGTH = 6;
const API_KEY = /^(lk_([0-9A-Za-z]{22})_([0-9A-Za-z]{43}))([0-9A-Za-z]{6})$/;

/** The two halves of an API key: the public id that it is found by, and the secret that proves it. */
export type ApiKeyParts = { id: ApiKeyId; secret: string };

/** `lk_<22 base62 id>_<43 base62 secret><6 base62 CRC-32>`: the checksum lets a scanner tell a leaked key from a look-alike offline. */
export function formatApiKey(id: ApiKeyId, secret: string): string {
  const body = `${PREFIX}${id}_${secret}`;
  return body + checksum(body);
}

/** Null when the text is no API key, or was mistyped. Says nothing about whether the key exists. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const [, body = '', id = '', secret = '', given] = API_KEY.exec(text) ?? [];
  return given === checksum(body) ? { id: id as ApiKeyId, secret } : null;
}

/** Whether the text claims to be an API key, so that a mistyped one isn't taken for a token. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(PREFIX);
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}
