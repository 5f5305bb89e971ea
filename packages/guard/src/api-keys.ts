import { createHash } from 'node:crypto';
import { isIP } from 'node:net';

import { parseApiKey } from '@latchkey/credentials';
import { verifiedApiKey, type Permission, type VerifiedApiKey } from '@latchkey/schemas';
import { LRUCache } from 'lru-cache';

import type { Caller } from './caller.ts';
import { unusable, type AskLatchkey } from './latchkey.ts';
import type { Settings } from './options.ts';
import { GuardProblem, type GuardProblemCode } from './problems.ts';

const VERIFY_PATH = '/api/v1/api-keys/verify';
const NEEDED: Permission = 'api_keys:verify';

type Introspection = NonNullable<Settings['introspection']>;
type Remembered = { verdict: VerifiedApiKey; askedAtMs: number };

/** Asks Latchkey about API keys. */
export function createApiKeys(ask: AskLatchkey, introspection: Introspection, clock: () => number) {
  const verdictOn = introspection.apiKeyCacheMaxAgeMs === 0 ? askAbout : remembering(askAbout, introspection, clock);

  async function askAbout(key: string, ip: string | undefined): Promise<VerifiedApiKey> {
    const { status, body } = await ask(VERIFY_PATH, { key: introspection.apiKey, body: { key, ip } });
    if (status === 401 || status === 403) {
      throw new GuardProblem('service_key_refused', {
        cause: new Error(`Latchkey refuses introspection.apiKey with ${status}: it must be live and hold ${NEEDED}.`),
      });
    }
    const read = verifiedApiKey.safeParse(body);
    if (status !== 200 || !read.success) throw unusable('answer about an API key');
    return read.data;
  }

  return async (text: string, ip: string | undefined): Promise<Caller> => {
    // A mistyped key needs no question.
    if (parseApiKey(text) === null) throw new GuardProblem('api_key_invalid');
    return callerOf(await verdictOn(text, plainIp(ip)));
  };
}

/**
 * Uses an answer again for as long as the option says, counted from the question. Refusals aren't kept any longer, and a rate
 * isn't kept at all. Calls at the same time share one question.
 */
function remembering(
  ask: (key: string, ip: string | undefined) => Promise<VerifiedApiKey>,
  { apiKeyCacheMaxAgeMs, apiKeyCacheMaxEntries }: Introspection,
  clock: () => number,
): typeof ask {
  const remembered = new LRUCache<string, Remembered>({ max: apiKeyCacheMaxEntries });
  const asking = new Map<string, Promise<VerifiedApiKey>>();

  async function askAndRemember(digest: string, key: string, ip: string | undefined): Promise<VerifiedApiKey> {
    const askedAtMs = clock();
    const verdict = await ask(key, ip);
    if (!PASSING.has(verdict.code)) remembered.set(digest, { verdict, askedAtMs });
    return verdict;
  }

  return async (key, ip) => {
    const digest = createHash('sha256').update(`${key} ${ip}`).digest('base64');
    const known = remembered.get(digest);
    if (known && clock() - known.askedAtMs < apiKeyCacheMaxAgeMs) return known.verdict;
    const asked = asking.get(digest) ?? askAndRemember(digest, key, ip).finally(() => asking.delete(digest));
    asking.set(digest, asked);
    return asked;
  };
}

const PASSING: ReadonlySet<string> = new Set(['RATE_LIMITED', 'QUOTA_EXCEEDED'] satisfies VerifiedApiKey['code'][]);

const PROBLEM_OF_VERDICT = {
  NOT_FOUND: 'api_key_invalid',
  EXPIRED: 'api_key_expired',
  REVOKED: 'api_key_revoked',
  // As Latchkey itself says: a disabled owner is the admins' business.
  DISABLED: 'api_key_invalid',
  INSUFFICIENT_PERMISSIONS: 'permission_missing',
  IP_NOT_ALLOWED: 'ip_not_allowed',
  RATE_LIMITED: 'rate_limited',
  QUOTA_EXCEEDED: 'quota_exceeded',
} as const satisfies Record<Exclude<VerifiedApiKey['code'], 'VALID'>, GuardProblemCode>;

function callerOf(verdict: VerifiedApiKey): Caller {
  const { valid, code, apiKeyId, accountId, permissions = [], roles = [], retryAfterSeconds } = verdict;
  if (code !== 'VALID') throw new GuardProblem(PROBLEM_OF_VERDICT[code], { retryAfterSeconds });
  if (!valid || apiKeyId === undefined || accountId === undefined) throw unusable('answer about an API key');
  return { id: accountId, roles, permissions, credential: { kind: 'api_key', id: apiKeyId } };
}

/** Without the zone of a link-local address, which means something on this machine alone. */
function plainIp(ip: string | undefined): string | undefined {
  const [plain = ''] = ip?.split('%') ?? [];
  return isIP(plain) === 0 ? undefined : plain;
}
