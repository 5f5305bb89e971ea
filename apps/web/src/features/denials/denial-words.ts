import type { CredentialKind, KeptDenial } from '@latchkey/schemas';

const CREDENTIALS: Record<CredentialKind, string> = {
  session: 'Signed in',
  access_token: 'Access token',
  api_key: 'API key',
};

export function credentialWords({ credential, apiKeyId }: KeptDenial): string {
  if (credential.kind === 'access_token' && apiKeyId !== null) return 'Access token of an API key';
  return CREDENTIALS[credential.kind];
}

const TITLES: Record<KeptDenial['code'], string> = {
  credential_missing: 'They sent no credential',
  credential_not_accepted: 'Their kind of credential doesn’t do for this',
  permission_missing: 'Their role or credential doesn’t allow this',
  fresh_sign_in_needed: 'They hadn’t proved lately who they are',
};

/** Why, to a reader who isn't the caller. */
export const titleOf = ({ code }: KeptDenial): string => TITLES[code];

/** What was missing: a permission as it is, anything else in words. */
export function missingWords(missing: string): string {
  if (missing === 'credential') return 'Another kind of credential';
  if (missing === 'fresh_sign_in') return 'A recent sign-in';
  return missing.includes(':') ? missing : `The role ${missing}`;
}

const ENOUGH: ReadonlyMap<string, string> = new Map([
  ['session', 'A sign-in in the browser'],
  ['access_token', 'An access token'],
  ['api_key', 'An API key'],
]);

/** What would have closed the gap. */
export function enoughWords(each: string): string {
  return ENOUGH.get(each) ?? (each.includes(':') ? `A credential that carries ${each}` : `The role ${each}`);
}
