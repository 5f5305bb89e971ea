import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import type { KeyFinder } from '@latchkey/credentials';
import * as z from 'zod/mini';

import { unusable, type AskLatchkey } from './latchkey.ts';
import type { Settings } from './options.ts';
import { GuardProblem } from './problems.ts';

const JWKS_PATH = '/.well-known/jwks.json';
/** A key is published long before it signs, so a name that isn't in a set so young is made up, and asks nothing. */
const COOLDOWN_MS = 30_000;
/** While Latchkey is away, it is asked no more often. */
const RETRY_MS = 1_000;

const jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).check(z.maxLength(100)) });
const ecKey = z.object({ kid: z.string(), alg: z.literal('ES256'), kty: z.literal('EC'), crv: z.literal('P-256') });

/** Latchkey's public keys, fetched when they are needed. Throws `latchkey_unavailable`. */
export function createSigningKeys(
  ask: AskLatchkey,
  { signingKeysMaxAgeMs, clock }: Pick<Settings, 'signingKeysMaxAgeMs' | 'clock'>,
): { find: KeyFinder } {
  let known: ReadonlyMap<string, KeyObject> = new Map();
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | null = null;

  async function fetchKeys(): Promise<void> {
    const askedAtMs = clock();
    if (askedAtMs - failedAtMs < RETRY_MS) throw new GuardProblem('latchkey_unavailable');
    try {
      known = readKeys(await ask(JWKS_PATH));
      fetchedAtMs = askedAtMs;
    } catch (error) {
      failedAtMs = clock();
      throw error;
    }
  }

  async function find(kid: string): Promise<KeyObject | undefined> {
    const ageMs = clock() - fetchedAtMs;
    const key = known.get(kid);
    if (ageMs < signingKeysMaxAgeMs && (key || ageMs < COOLDOWN_MS)) return key;
    fetching ??= fetchKeys().finally(() => (fetching = null));
    await fetching;
    return known.get(kid);
  }

  return { find };
}

/** Keys for other algorithms are for others, such as those of ID tokens. */
function readKeys({ status, body }: { status: number; body: unknown }): Map<string, KeyObject> {
  const read = jwks.safeParse(body);
  if (status !== 200 || !read.success) throw unusable('list of keys');
  return new Map(
    read.data.keys.flatMap((key) => {
      const { success, data } = ecKey.safeParse(key);
      return success ? [[data.kid, publicKeyOf(key)]] : [];
    }),
  );
}

function publicKeyOf(key: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch (cause) {
    throw new GuardProblem('latchkey_unavailable', { cause });
  }
}
