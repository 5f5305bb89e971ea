import { looksLikeApiKey } from './api-key.ts';

/** What an `Authorization` header presents, told by its shape alone; null when it's nothing that Latchkey gives out. */
export function readAuthorization(header: string): { kind: 'api_key' | 'access_token'; text: string } | null {
  // RFC 9110 section 11.1: the scheme's letters may be of either case.
  const [, text] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (text === undefined) return null;
  return { kind: looksLikeApiKey(text) ? 'api_key' : 'access_token', text };
}
