import { isOpenidScope, type AccountId } from '@latchkey/schemas';
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';

import type { Storage } from '../storage/index.ts';
import type { OurClient } from './clients.ts';
import { CLAIMS } from './person-claims.ts';
import * as rows from './rows.ts';

/** Whether the person has allowed the app a scope; of an app of the house nobody is asked. */
export type Allows = (scope: string) => boolean;

export async function findAllowed(storage: Storage, accountId: AccountId, client: OurClient): Promise<Allows | null> {
  if (client.first_party === true) return () => true;
  const grant = await rows.findGrantOf(storage.read, accountId, client.clientId);
  const allowed = new Set(grant?.scopes);
  return grant === null ? null : (scope) => allowed.has(scope);
}

/** Each authorization is a family of its own: what is stolen in one place takes nothing along from another. */
export async function startFamily(ctx: KoaContextWithOIDC, allows: Allows): Promise<Grant> {
  const { oidc } = ctx;
  const family = new oidc.provider.Grant({
    accountId: oidc.account?.accountId ?? '',
    clientId: oidc.client?.clientId ?? '',
  });
  family.addOIDCScope([...oidc.requestParamOIDCScopes].filter(allows));
  family.addOIDCClaims([...oidc.requestParamClaims].filter((claim) => allows(scopeOfClaim(claim))));
  for (const [audience, { scope }] of Object.entries(oidc.resourceServers ?? {})) {
    const offered = new Set(scope.split(' '));
    const granted = [...oidc.requestParamScopes].filter((each) => offered.has(each) && allows(each));
    if (granted.length > 0) family.addResourceScope(audience, granted);
  }
  await family.save();
  return family;
}

/** Claims that are asked for by name are allowed with the scope that brings them. */
export function scopeOfClaim(claim: string): string {
  const [scope] =
    Object.entries(CLAIMS).find(([, claims]) => (claims as readonly string[] | null)?.includes(claim)) ?? [];
  return scope !== undefined && isOpenidScope(scope) ? scope : 'openid';
}
