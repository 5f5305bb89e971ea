import type { KeyObject } from 'node:crypto';

import { judgeToken, TokenInvalid, verifySignature, type Expectations, type SignedToken } from '@latchkey/credentials';
import type { AccessTokenClaims } from '@latchkey/schemas';
import { LRUCache } from 'lru-cache';

import { SERVER, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { sha256, type Sealer } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import {
  makeKeyPair,
  openPrivateKey,
  openPublicKey,
  publishedKey,
  PURPOSE,
  resealPrivateKey,
  signText,
  type PublicJwk,
} from './key-pair.ts';
import * as rows from './rows.ts';
import type { SigningKeyRow } from './rows.ts';
import {
  currentOf,
  isPublished,
  nextOf,
  PUBLISHED_AFTER_MS,
  SIGNS_FOR_MS,
  soonestAtMs,
  takesOverAtMs,
} from './schedule.ts';

/** How soon an instance sees what another has done to the keys. */
const REREAD_AFTER_MS = MINUTE_MS;
/** A token that names an unknown key may be of a key that another instance just made; but anybody can name keys. */
const REREAD_FOR_UNKNOWN_AFTER_MS = 5 * SECOND_MS;
const REMEMBERED_TOKENS = 10_000;

export type SigningKeysNeeds = { storage: Storage; clock: Clock; sealer: Sealer; audit: Audit };

/** What a token says, and what kind it calls itself. */
export type TokenToSign = { typ: string; claims: AccessTokenClaims };

type Keyring = { readAtMs: number; all: readonly SigningKeyRow[]; publicKeys: ReadonlyMap<string, KeyObject> };

export function createSigningKeys({ storage, clock, sealer, audit }: SigningKeysNeeds) {
  let keyring: Keyring | null = null;
  let reading: Promise<Keyring> | null = null;
  let signer: { kid: string; key: KeyObject } | null = null;
  // That a signature is right can't change, so it is remembered by the token's digest. All else is judged anew each time.
  const verified = new LRUCache<string, SignedToken>({ max: REMEMBERED_TOKENS });

  async function keys(maxAgeMs = REREAD_AFTER_MS): Promise<Keyring> {
    if (keyring !== null && clock() - keyring.readAtMs < maxAgeMs) return keyring;
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function read(): Promise<Keyring> {
    const nowMs = clock();
    const found = await rows.listSigningKeys(storage.read);
    const complete = currentOf(found, nowMs) && nextOf(found, nowMs);
    const all = complete ? found : await makeMissing(nowMs);
    keyring = { readAtMs: nowMs, all, publicKeys: new Map(all.map((row) => [row.kid, openPublicKey(row)])) };
    return keyring;
  }

  /** Makes the current key at the first start, and the next one at the first start and whenever the last next one took over. */
  async function makeMissing(nowMs: number): Promise<SigningKeyRow[]> {
    const [first, second] = [await makeKeyPair(sealer), await makeKeyPair(sealer)];
    return storage.transact(async (tx) => {
      const found = await rows.listSigningKeys(tx);
      const current =
        currentOf(found, nowMs) ?? (await insert(tx, SERVER, { ...first, createdAtMs: nowMs, activeFromMs: nowMs }));
      if (nextOf(found, nowMs) === undefined) {
        const activeFromMs = takesOverAtMs(current, nowMs);
        const ended = await rows.endUnendedKeys(tx, { nowMs, removedFromMs: activeFromMs + PUBLISHED_AFTER_MS });
        if (ended.length > 0) await insert(tx, SERVER, { ...second, createdAtMs: nowMs, activeFromMs });
      }
      return rows.listSigningKeys(tx);
    });
  }

  async function insert(tx: Tx, actor: Actor, made: Omit<SigningKeyRow, 'removedFromMs'>): Promise<SigningKeyRow> {
    const row = { ...made, removedFromMs: null };
    await rows.insertSigningKey(tx, row);
    await audit.record(tx, actor, 'signing_key.created', {
      target: { kind: 'signing_key', id: row.kid },
      details: { activeFromMs: row.activeFromMs },
    });
    return row;
  }

  async function currentSigner(): Promise<{ kid: string; key: KeyObject }> {
    const { all } = await keys();
    const row = currentOf(all, clock());
    if (row === undefined) throw new Error('No signing key is active: the clock went back.');
    if (signer?.kid !== row.kid) signer = { kid: row.kid, key: openPrivateKey(sealer, row) };
    return signer;
  }

  async function publicKeyOf(kid: string): Promise<KeyObject | undefined> {
    const known = (await keys()).publicKeys.get(kid);
    return known ?? (await keys(REREAD_FOR_UNKNOWN_AFTER_MS)).publicKeys.get(kid);
  }

  async function verifyOnce(text: string): Promise<SignedToken> {
    const digest = sha256(text);
    const known = verified.get(digest);
    if (known) return known;
    const signed = await verifySignature(text, publicKeyOf);
    verified.set(digest, signed);
    return signed;
  }

  return {
    /**
     * For the start: the keys are there, can be opened, and are sealed by the newest master secret, so that the older ones may
     * be dropped.
     */
    async ensure(): Promise<void> {
      const { all } = await keys();
      const nowMs = clock();
      const needed = all.filter((row) => isPublished(row, nowMs));
      for (const row of needed) openPrivateKey(sealer, row);
      const stale = needed.flatMap((row) => {
        const sealed = resealPrivateKey(sealer, row);
        return sealed === null ? [] : [{ kid: row.kid, sealed }];
      });
      if (stale.length === 0) return;
      await storage.transact(async (tx) => {
        for (const { kid, sealed } of stale) await rows.resealKey(tx, kid, sealed);
      });
    },

    /** The text of a token, signed by the current key. */
    async sign({ typ, claims }: TokenToSign): Promise<string> {
      const { kid, key } = await currentSigner();
      return signText(key, { kid, typ, claims });
    },

    /** The claims of a token of ours. Throws `TokenExpired` or `TokenInvalid` from `@latchkey/credentials`. */
    async verify(text: string, expected: Expectations): Promise<AccessTokenClaims> {
      const signed = await verifyOnce(text);
      const claims = judgeToken(signed, expected);
      // A key that is no longer published only tells an expired token from a forged one.
      const row = (await keys()).all.find(({ kid }) => kid === signed.kid);
      if (row === undefined || !isPublished(row, clock())) throw new TokenInvalid('key');
      return { ...claims };
    },

    /** What is published (RFC 7517 section 5): previous, current and next keys, the newest first. */
    async jwks(): Promise<{ keys: PublicJwk[] }> {
      const { all } = await keys();
      const nowMs = clock();
      return {
        keys: all
          .filter((row) => isPublished(row, nowMs))
          .map(publishedKey)
          .toReversed(),
      };
    },

    /**
     * Lets the next key take over now, or once it has been published for an hour. Running instances see it within a minute.
     * Returns that key, and when it takes over.
     */
    async rotate(actor: Actor): Promise<{ kid: string; activeFromMs: number }> {
      await keys();
      const successor = await makeKeyPair(sealer);
      const nowMs = clock();
      const rotated = await storage.transact(async (tx) => {
        const next = nextOf(await rows.listSigningKeys(tx), nowMs);
        if (next === undefined) throw new Problem('state_conflict');
        const activeFromMs = soonestAtMs(next, nowMs);
        if (activeFromMs >= next.activeFromMs) return next;
        const handOverMs = activeFromMs + SIGNS_FOR_MS;
        const moved = await rows.moveKey(tx, next, { activeFromMs, removedFromMs: handOverMs + PUBLISHED_AFTER_MS });
        if (!moved) throw new Problem('state_conflict');
        await rows.endKeysSooner(tx, { nowMs, removedFromMs: activeFromMs + PUBLISHED_AFTER_MS });
        await audit.record(tx, actor, 'signing_key.rotated', {
          target: { kind: 'signing_key', id: next.kid },
          details: { activeFromMs },
        });
        await insert(tx, actor, { ...successor, createdAtMs: nowMs, activeFromMs: handOverMs });
        return { kid: next.kid, activeFromMs };
      });
      keyring = null;
      return { kid: rotated.kid, activeFromMs: rotated.activeFromMs };
    },
  };
}

/** Whether the master secrets open every key that is still needed. Changes nothing. */
export async function canOpenKeys({ storage, clock, sealer }: Omit<SigningKeysNeeds, 'audit'>): Promise<boolean> {
  const needed = (await rows.listSigningKeys(storage.read)).filter((row) => isPublished(row, clock()));
  return needed.every((row) => sealer.open(PURPOSE, row.sealedPrivateKey) !== null);
}

export type SigningKeys = ReturnType<typeof createSigningKeys>;
