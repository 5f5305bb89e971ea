import type { KeyObject } from 'node:crypto';

import { judgeToken, TokenInvalid, verifySignature, type Expectations, type SignedToken } from '@latchkey/credentials';
import type { AccessTokenClaims, SigningKey } from '@latchkey/schemas';
import { LRUCache } from 'lru-cache';

import { SERVER, type Actor } from '../actors/index.ts';
import type { Audit } from '../audit/index.ts';
import { sha256, type Sealer } from '../crypto/index.ts';
import { Problem } from '../problems/index.ts';
import type { Storage, Tx } from '../storage/index.ts';
import { MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import {
  makeKeyPair,
  canOpenPrivateKey,
  openPrivateKey,
  openPublicKey,
  publishedKey,
  resealPrivateKey,
  signText,
  type Algorithm,
  type PublicJwk,
} from './key-pair.ts';
import * as rows from './rows.ts';
import type { SigningKeyRow } from './rows.ts';
import {
  currentOf,
  isKept,
  isPublished,
  nextOf,
  PUBLISHED_AFTER_MS,
  SIGNS_FOR_MS,
  soonestAtMs,
  statusOf,
  takesOverAtMs,
} from './schedule.ts';

/** How soon an instance sees what another has done to the keys. */
const REREAD_AFTER_MS = MINUTE_MS;
/** A token that names an unknown key may be of a key that another instance just made; but anybody can name keys. */
const REREAD_FOR_UNKNOWN_AFTER_MS = 5 * SECOND_MS;
const REMEMBERED_TOKENS = 10_000;
const ALGORITHMS = ['ES256', 'RS256'] as const;

export type SigningKeysNeeds = { storage: Storage; clock: Clock; sealer: Sealer; audit: Audit };

/** What a token says, and what kind it calls itself. */
export type TokenToSign = { typ: string; claims: AccessTokenClaims };

/** A private key for an engine that signs by itself. */
export type PrivateKey = { kid: string; algorithm: Algorithm; key: KeyObject };

type Keyring = { readAtMs: number; all: readonly SigningKeyRow[]; publicKeys: ReadonlyMap<string, KeyObject> };

export function createSigningKeys({ storage, clock, sealer, audit }: SigningKeysNeeds) {
  let keyring: Keyring | null = null;
  let reading: Promise<Keyring> | null = null;
  let wantsRs256 = false;
  let opened: { keyring: Keyring; list: readonly PrivateKey[] } | null = null;
  let signer: { kid: string; key: KeyObject } | null = null;
  // That a signature is right can't change, so it is remembered by the token's digest. All else is judged anew each time.
  const verified = new LRUCache<string, SignedToken>({ max: REMEMBERED_TOKENS });

  async function keys(maxAgeMs = REREAD_AFTER_MS): Promise<Keyring> {
    // Read in the future, it was read before the clock was set back: the keys that sign now may be others, or still to be made.
    const ageMs = keyring === null ? Infinity : clock() - keyring.readAtMs;
    if (keyring !== null && ageMs >= 0 && ageMs < maxAgeMs) return keyring;
    reading ??= remembered(read());
    return reading;
  }

  /** Not what was read before they changed: see `forget`. */
  function remembered(found: Promise<Keyring>): Promise<Keyring> {
    const mine = found
      .then((now) => {
        if (reading === mine) keyring = now;
        return now;
      })
      .finally(() => {
        if (reading === mine) reading = null;
      });
    return mine;
  }

  /** A read that is under way may have begun before the change. */
  function forget(): void {
    keyring = null;
    reading = null;
  }

  async function read(): Promise<Keyring> {
    const nowMs = clock();
    let all = await rows.listSigningKeys(storage.read);
    for (const algorithm of needed(all)) {
      const those = only(algorithm, all);
      if (!currentOf(those, nowMs) || !nextOf(those, nowMs)) all = await makeMissing(algorithm, nowMs);
    }
    const publicKeys = new Map(only('ES256', all).map((row) => [row.kid, openPublicKey(row)]));
    return { readAtMs: nowMs, all, publicKeys };
  }

  /** RSA keys take a second to make: they are made when an ID token is first wanted, and from then on. */
  function needed(all: readonly SigningKeyRow[]): Algorithm[] {
    return wantsRs256 || only('RS256', all).length > 0 ? [...ALGORITHMS] : ['ES256'];
  }

  /** Makes the current key at the first start, and the next one at the first start and whenever the last next one took over. */
  async function makeMissing(algorithm: Algorithm, nowMs: number): Promise<SigningKeyRow[]> {
    const [first, second] = [await makeKeyPair(sealer, algorithm), await makeKeyPair(sealer, algorithm)];
    return storage.transact(async (tx) => {
      const found = only(algorithm, await rows.listSigningKeys(tx));
      const current =
        currentOf(found, nowMs) ?? (await insert(tx, SERVER, { ...first, createdAtMs: nowMs, activeFromMs: nowMs }));
      if (nextOf(found, nowMs) === undefined) {
        const activeFromMs = takesOverAtMs(current, nowMs);
        const removedFromMs = activeFromMs + PUBLISHED_AFTER_MS;
        const ended = await rows.endUnendedKeys(tx, { algorithm, nowMs, removedFromMs });
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

  async function rotateOne(tx: Tx, actor: Actor, successor: Awaited<ReturnType<typeof makeKeyPair>>) {
    const { algorithm } = successor;
    const nowMs = clock();
    const next = nextOf(only(algorithm, await rows.listSigningKeys(tx)), nowMs);
    if (next === undefined) throw new Problem('state_conflict');
    const activeFromMs = soonestAtMs(next, nowMs);
    if (activeFromMs >= next.activeFromMs) return next;
    const handOverMs = activeFromMs + SIGNS_FOR_MS;
    const moved = await rows.moveKey(tx, next, { activeFromMs, removedFromMs: handOverMs + PUBLISHED_AFTER_MS });
    if (!moved) throw new Problem('state_conflict');
    const removedFromMs = activeFromMs + PUBLISHED_AFTER_MS;
    await rows.endKeysSooner(tx, { algorithm, nowMs, removedFromMs, except: next.kid });
    await audit.record(tx, actor, 'signing_key.rotated', {
      target: { kind: 'signing_key', id: next.kid },
      details: { activeFromMs },
    });
    await insert(tx, actor, { ...successor, createdAtMs: nowMs, activeFromMs: handOverMs });
    return { kid: next.kid, activeFromMs };
  }

  /** Those that sign now first; the list from before where that hasn't changed. */
  function openKeys(all: Keyring['all'], before: readonly PrivateKey[] = []): readonly PrivateKey[] {
    const nowMs = clock();
    const kept = signersFirst(all, nowMs).filter((row) => isPublished(row, nowMs) || canOpenPrivateKey(sealer, row));
    const isSame = kept.length === before.length && kept.every(({ kid }, at) => before[at]?.kid === kid);
    if (isSame) return before;
    return kept.map((row) => ({ kid: row.kid, algorithm: row.algorithm, key: openPrivateKey(sealer, row) }));
  }

  async function currentSigner(): Promise<{ kid: string; key: KeyObject }> {
    const { all } = await keys();
    const row = currentOf(only('ES256', all), clock());
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
      for (const row of all.filter((each) => isPublished(each, nowMs))) openPrivateKey(sealer, row);
      // What is no longer published and can't be opened costs hints alone: it doesn't stop the start.
      const kept = all.filter((row) => isKept(row, nowMs));
      const stale = kept.flatMap((row) => {
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

    /**
     * The private halves of all that is published, of each algorithm the one that signs now first, and of what verifies hints still:
     * as they were when the keys were last read, within a minute. The same list until that changes. Not for publishing.
     */
    async privateKeys(): Promise<readonly PrivateKey[]> {
      if (!wantsRs256) {
        wantsRs256 = true;
        forget();
      }
      const now = await keys();
      if (opened?.keyring !== now) opened = { keyring: now, list: openKeys(now.all, opened?.list) };
      return opened.list;
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

    /** All that is published, as it is now: of each algorithm the newest first. */
    async list(): Promise<SigningKey[]> {
      const { all } = await keys(0);
      const nowMs = clock();
      return ALGORITHMS.flatMap((algorithm) => {
        const those = only(algorithm, all);
        const published = those.filter((row) => isPublished(row, nowMs)).toReversed();
        return published.map((row) => {
          const { kid, createdAtMs, activeFromMs, removedFromMs } = row;
          return { kid, algorithm, status: statusOf(row, those, nowMs), createdAtMs, activeFromMs, removedFromMs };
        });
      });
    },

    /**
     * Lets the next key take over now, or once it has been published for an hour. Running instances see it within a minute.
     * Returns that key, and when it takes over.
     */
    async rotate(actor: Actor): Promise<{ kid: string; activeFromMs: number }> {
      const { all } = await keys(0);
      const algorithms = needed(all);
      const successors = await Promise.all(algorithms.map((algorithm) => makeKeyPair(sealer, algorithm)));
      const [rotated] = await storage.transact(async (tx) => {
        const done = [];
        for (const successor of successors) done.push(await rotateOne(tx, actor, successor));
        return done;
      });
      forget();
      if (rotated === undefined) throw new Problem('state_conflict');
      return { kid: rotated.kid, activeFromMs: rotated.activeFromMs };
    },
  };
}

/** Whether the master secrets open every key that is still needed. Changes nothing. */
export async function canOpenKeys({ storage, clock, sealer }: Omit<SigningKeysNeeds, 'audit'>): Promise<boolean> {
  const needed = (await rows.listSigningKeys(storage.read)).filter((row) => isPublished(row, clock()));
  return needed.every((row) => canOpenPrivateKey(sealer, row));
}

export type SigningKeys = ReturnType<typeof createSigningKeys>;

function only(algorithm: Algorithm, all: readonly SigningKeyRow[]): SigningKeyRow[] {
  return all.filter((row) => row.algorithm === algorithm);
}

function signersFirst(all: readonly SigningKeyRow[], nowMs: number): SigningKeyRow[] {
  const kept = all.filter((row) => isKept(row, nowMs));
  const signers = new Set(ALGORITHMS.map((each) => currentOf(only(each, kept), nowMs)));
  return [...kept.filter((row) => signers.has(row)), ...kept.filter((row) => !signers.has(row))];
}
