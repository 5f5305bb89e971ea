import type { AccountId } from '@latchkey/schemas';
import type { Account } from 'oidc-provider';

import { findAccount } from '../accounts/index.ts';
import { findFactorDueAtMs } from '../permissions/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';

/** Which claims each scope brings (OpenID Connect Core section 5.4), of those that we know. */
export const CLAIMS = {
  openid: ['sub'],
  profile: ['name'],
  email: ['email', 'email_verified'],
  acr: null,
  auth_time: null,
  iss: null,
  sid: null,
} as const;

/** The person behind an id, for the engine; undefined for whoever may not sign in now, or must set up a second factor first. */
export async function findPerson(
  { storage, clock }: { storage: Storage; clock: Clock },
  id: string,
): Promise<Account | undefined> {
  const account = await findAccount(storage.read, id as AccountId);
  if (account?.kind !== 'person' || account.status !== 'active') return undefined;
  const factorDueAtMs = await findFactorDueAtMs(storage.read, account.id);
  if (factorDueAtMs !== null && factorDueAtMs <= clock()) return undefined;
  const { name, email, emailVerifiedAtMs } = account;
  const address = email === null ? {} : { email, email_verified: emailVerifiedAtMs !== null };
  return { accountId: id, claims: async () => ({ sub: id, name, ...address }) };
}
