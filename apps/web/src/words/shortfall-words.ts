import type { CredentialKind, Shortfall } from '@latchkey/schemas';

const CREDENTIAL_WORDS: Record<CredentialKind, string> = {
  session: 'a sign-in in the browser',
  access_token: 'an access token',
  api_key: 'an API key',
};

/** "a sign-in in the browser or an access token" */
export function credentialsWords(kinds: readonly CredentialKind[]): string {
  const words = [...new Set(kinds)].map((kind) => CREDENTIAL_WORDS[kind]);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Why something is off, and what to do. */
export function offWords({ code, missing }: Pick<Shortfall, 'code' | 'missing'>): string {
  if (code === 'fresh_sign_in_needed') return 'This needs a sign-in of a moment ago.';
  if (missing === 'credential') return "This can't be done with the way you signed in.";
  return `This needs ${missing.includes(':') ? missing : `the role ${missing}`}. An admin can give you ${missing.includes(':') ? 'a role that has it' : 'it'}.`;
}
