import { isOpenidScope, type AccountId, type PermissionName } from '@latchkey/schemas';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { findAccount } from '../accounts/index.ts';
import { permissionsAmong } from '../apps/index.ts';
import { readPermissions } from '../permissions/index.ts';
import type { Storage } from '../storage/index.ts';
import type { OurClient } from './clients.ts';

/** An API that trusts us: its audience, and the permissions that it brings. */
export type KnownResource = {
  name: string;
  audience: string;
  permissions: readonly { name: PermissionName; description: string }[];
};

export type ScopesNeeds = { storage: Storage; listResources: () => Promise<readonly KnownResource[]> };

/** Which scopes there are for whom: what the resource knows ∩ what the app may ask for ∩ what the person holds now. */
export function createScopes({ storage, listResources }: ScopesNeeds) {
  async function heldBy(accountId: AccountId): Promise<ReadonlySet<string>> {
    const account = await findAccount(storage.read, accountId);
    return account?.status === 'active' ? readPermissions(storage.read, account.roles) : new Set();
  }

  async function findResource(audience: string): Promise<KnownResource | undefined> {
    return (await listResources()).find((each) => each.audience === audience);
  }

  return {
    heldBy,

    /** What the app may ask of the resource; null when that is nothing, or there is no such resource [B09]. */
    async offered(client: OurClient, audience: string): Promise<PermissionName[] | null> {
      const resource = await findResource(audience);
      const names = resource?.permissions.map(({ name }) => name) ?? [];
      const { allowed_scopes: allowed } = client;
      const offered = allowed === undefined ? names : names.filter((name) => allowed.includes(name));
      return offered.length > 0 ? offered : null;
    },

    /** The resource that brings the first of these permissions. */
    async resourceOf(permissions: readonly string[]): Promise<string | undefined> {
      const resources = await listResources();
      const found = permissions
        .map((name) => resources.find((each) => each.permissions.some((known) => known.name === name)))
        .find((each) => each !== undefined);
      return found?.audience;
    },

    /** The sentences that people read, by scope. */
    async sentences(): Promise<ReadonlyMap<string, string>> {
      const resources = await listResources();
      return new Map(resources.flatMap(({ permissions }) => permissions.map((each) => [each.name, each.description])));
    },
  };
}

export type Scopes = ReturnType<typeof createScopes>;

/** What is asked for where nothing was named: all that the app was made for. */
export function defaultScope({ allowed_scopes: allowed }: OurClient, isForItself: boolean): string | undefined {
  const scopes = isForItself ? permissionsAmong(allowed ?? []) : (allowed ?? []);
  if (scopes.length > 0) return scopes.join(' ');
  return isForItself ? undefined : 'openid';
}

/** The account that the request is about, as far as it is known yet. */
export function holderOf({ oidc }: KoaContextWithOIDC): AccountId | null {
  const id = oidc.entities.Account?.accountId ?? oidc.session?.accountId;
  return (id as AccountId | undefined) ?? null;
}

export function permissionsAsked(scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '' && !isOpenidScope(each)) : [];
}
