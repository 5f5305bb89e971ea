import { BlockList, isIP, isIPv6 } from 'node:net';

import type { PermissionName, VerifiedApiKey } from '@latchkey/schemas';

import { equalDigests, sha256 } from '../crypto/index.ts';

/** What is stored of a key, and its owner's state, as far as judging it goes. */
export type KeyState = {
  secretDigest: string;
  previousSecretDigest: string | null;
  previousSecretUntilMs: number | null;
  permissions: readonly PermissionName[];
  ipAllowList: readonly string[];
  expiresAtMs: number | null;
  revokedAtMs: number | null;
  ownerActive: boolean;
};

export type Verdict = Extract<
  VerifiedApiKey['code'],
  'VALID' | 'NOT_FOUND' | 'EXPIRED' | 'REVOKED' | 'DISABLED' | 'IP_NOT_ALLOWED'
>;

/** Whether the secret opens the key now, from this address. Only who knows the secret learns that a key is over. */
export function judgeKey(key: KeyState | null, secret: string, address: string | null, nowMs: number): Verdict {
  return key === null || !opens(key, secret, nowMs) ? 'NOT_FOUND' : judgeHeldKey(key, address, nowMs);
}

/** The same of a key whose holder has proved to hold it already, such as by a token that it asked for. */
export function judgeHeldKey(
  key: Pick<KeyState, 'revokedAtMs' | 'expiresAtMs' | 'ownerActive' | 'ipAllowList'>,
  address: string | null,
  nowMs: number,
): Exclude<Verdict, 'NOT_FOUND'> {
  if (key.revokedAtMs !== null) return 'REVOKED';
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return 'EXPIRED';
  if (!key.ownerActive) return 'DISABLED';
  return isAllowedFrom(key.ipAllowList, address) ? 'VALID' : 'IP_NOT_ALLOWED';
}

function opens(key: KeyState, secret: string, nowMs: number): boolean {
  if (equalDigests(sha256(secret), key.secretDigest)) return true;
  const graceLasts = key.previousSecretUntilMs !== null && nowMs < key.previousSecretUntilMs;
  return graceLasts && isPreviousSecret(key, secret);
}

/** Whether it is the secret that the last rotation replaced. */
export function isPreviousSecret(
  { previousSecretDigest }: Pick<KeyState, 'previousSecretDigest'>,
  secret: string,
): boolean {
  return previousSecretDigest !== null && equalDigests(sha256(secret), previousSecretDigest);
}

/** An empty list allows every address; a list that can't be asked allows none. */
function isAllowedFrom(allowList: readonly string[], address: string | null): boolean {
  if (allowList.length === 0) return true;
  if (address === null || isIP(address) === 0) return false;
  const blocks = new BlockList();
  for (const block of allowList) addBlock(blocks, block);
  return blocks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Adds an address or CIDR block; throws RangeError for anything else. */
function addBlock(blocks: BlockList, text: string): void {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) throw new RangeError(`Not a network: ${text}`);
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) return blocks.addAddress(address, type);
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 6 ? 128 : 32))
    throw new RangeError(`Not a network: ${text}`);
  return blocks.addSubnet(address, Number(prefix), type);
}

export function isNetwork(text: string): boolean {
  try {
    addBlock(new BlockList(), text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
