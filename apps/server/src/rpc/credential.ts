import { readAuthorization } from '@latchkey/credentials';

import { API_KEY_COOKIE, SESSION_COOKIE } from '../http/index.ts';
import { Problem } from '../problems/index.ts';

/** What a request presents, told by its shape alone: nothing is tried one way and then another. */
export type Presented =
  | { kind: 'none' }
  | { kind: 'session'; sealed: string }
  | { kind: 'access_token'; text: string }
  | { kind: 'api_key'; text: string; carrier: 'header' | 'cookie' | 'query' };

/** The places of a request where credentials ride. A list where the request repeated itself. */
export type CredentialPlaces = {
  authorization: string | readonly string[] | undefined;
  apiKeyHeader: string | readonly string[] | undefined;
  apiKeyQuery: string | readonly string[] | undefined;
  cookies: ReadonlyMap<string, readonly string[]>;
};

/**
 * Reads the one credential. Header and query are explicit: two of them are refused, since two parts of a system could
 * each believe a different one. An explicit one wins over the ambient cookies; among those the session wins.
 */
export function readCredential({ authorization, apiKeyHeader, apiKeyQuery, cookies }: CredentialPlaces): Presented {
  const explicit = [
    ...each(authorization).map(readBearer),
    ...each(apiKeyHeader).map((text) => ({ kind: 'api_key' as const, text, carrier: 'header' as const })),
    ...each(apiKeyQuery).map((text) => ({ kind: 'api_key' as const, text, carrier: 'query' as const })),
  ];
  if (explicit.length > 1) throw new Problem('credential_ambiguous');
  return explicit[0] ?? readCookies(cookies);
}

function each(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}

function readBearer(header: string): Presented {
  const presented = readAuthorization(header);
  if (presented === null) throw new Problem('token_invalid');
  const { kind, text } = presented;
  return kind === 'api_key' ? { kind, text, carrier: 'header' } : { kind, text };
}

function readCookies(cookies: CredentialPlaces['cookies']): Presented {
  const sessions = cookies.get(SESSION_COOKIE) ?? [];
  const keys = cookies.get(API_KEY_COOKIE) ?? [];
  if (sessions.length > 1 || keys.length > 1) throw new Problem('credential_ambiguous');
  const [sealed] = sessions;
  if (sealed !== undefined) return { kind: 'session', sealed };
  const [text] = keys;
  return text === undefined ? { kind: 'none' } : { kind: 'api_key', text, carrier: 'cookie' };
}

/** RFC 6265 section 4.2.1: pairs with `=`, split by `;`. Every value of a repeated name is kept, so that repetition shows. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    cookies.set(name, [...(cookies.get(name) ?? []), pair.slice(at + 1).trim()]);
  }
  return cookies;
}
