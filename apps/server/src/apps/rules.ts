import {
  isLoopbackUri,
  isOpenidScope,
  type AppGrant,
  type AppJwks,
  type AppKind,
  type InputIssue,
  type PermissionName,
} from '@latchkey/schemas';

import { Problem } from '../problems/index.ts';

/** What is asked for when an app is made. */
export type NewApp = {
  name: string;
  kind?: AppKind | undefined;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri: string | null;
  grants: AppGrant[];
  scopes: string[];
  public: boolean;
  firstParty: boolean;
  jwks?: AppJwks | undefined;
};

type Judged = Pick<
  NewApp,
  'redirectUris' | 'postLogoutRedirectUris' | 'backchannelLogoutUri' | 'grants' | 'firstParty' | 'jwks'
> & { kind: AppKind; public: boolean };

/** The kind that was named, else the one that the rest describes. */
export function kindOf({ kind, grants, redirectUris, public: isPublic }: NewApp): AppKind {
  if (kind !== undefined) return kind;
  if (!isPublic) return grants.every((each) => each === 'client_credentials') ? 'machine' : 'web';
  return redirectUris.every((uri) => isLoopbackUri(uri) || !uri.startsWith('http')) ? 'native' : 'spa';
}

/** Runs on somebody's device: it takes what port of the loopback interface it gets, and may have a scheme of its own. */
export function isOnDevice(kind: AppKind): boolean {
  return kind === 'native' || kind === 'mcp';
}

export function isPublicKind(kind: AppKind): boolean {
  return kind === 'spa' || isOnDevice(kind);
}

/** Refuses what couldn't work, or would be unsafe. */
export function refuseUnusable(app: Judged): void {
  const issues = [...issuesOfGrants(app), ...issuesOfKind(app), ...issuesOfUris(app)];
  if (issues.length > 0) throw new Problem('input_invalid', { issues });
}

function issuesOfGrants({ grants, redirectUris, firstParty, public: isPublic }: Judged): InputIssue[] {
  const has = (grant: AppGrant) => grants.includes(grant);
  return [
    ...(has('authorization_code') && redirectUris.length === 0
      ? [{ path: 'redirectUris', message: 'Name where people are sent back to.' }]
      : []),
    ...(has('client_credentials') && isPublic
      ? [{ path: 'grants', message: 'An app without a secret can’t act for itself.' }]
      : []),
    ...(has('password') && !firstParty
      ? [{ path: 'grants', message: 'Only your own apps may ask people for their password.' }]
      : []),
  ];
}

function issuesOfKind({ kind, public: isPublic, jwks }: Judged): InputIssue[] {
  if (isPublic === isPublicKind(kind) && !(isPublic && jwks)) return [];
  return [{ path: 'public', message: 'Web and machine apps keep a secret; the others don’t.' }];
}

function issuesOfUris({ kind, redirectUris, postLogoutRedirectUris, backchannelLogoutUri }: Judged): InputIssue[] {
  const isPrivate = (uri: string) => !/^https?:/i.test(uri);
  const fields = { redirectUris, postLogoutRedirectUris };
  const places = Object.entries(fields).flatMap(([name, uris]) =>
    uris.flatMap((uri, index) =>
      isPrivate(uri) && !isOnDevice(kind)
        ? [{ path: `${name}.${index}`, message: 'Only apps on a device may have a scheme of their own.' }]
        : [],
    ),
  );
  const isOdd = backchannelLogoutUri !== null && isPrivate(backchannelLogoutUri);
  return isOdd ? [...places, { path: 'backchannelLogoutUri', message: 'Use https:.' }] : places;
}

/** The permissions among an app's scopes. */
export function permissionsAmong(scopes: readonly string[]): PermissionName[] {
  return scopes.filter((scope): scope is PermissionName => !isOpenidScope(scope));
}

/** Whether the app may do something that no person allowed in each case: then nobody makes one that may more than they. */
export function actsUnasked({ grants, firstParty }: Pick<Judged, 'grants' | 'firstParty'>): boolean {
  return firstParty || grants.includes('client_credentials');
}
