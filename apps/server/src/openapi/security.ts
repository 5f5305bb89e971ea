import type { CredentialKind, GuardDescription } from '@latchkey/schemas';

import { API_KEY_COOKIE, SESSION_COOKIE } from '../http/index.ts';

type Scheme = { of: CredentialKind; onGetAlone?: true; words: object };

/** Every way in which a credential rides. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  session: {
    of: 'session',
    words: {
      type: 'apiKey',
      in: 'cookie',
      name: SESSION_COOKIE,
      description:
        'The cookie that signing in sets. A call that changes something must also say that it comes from this site: `Origin` or `Sec-Fetch-Site`, which browsers add by themselves.',
    },
  },
  accessToken: {
    of: 'access_token',
    words: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token, as `POST /tokens` makes it.',
    },
  },
  apiKey: {
    of: 'api_key',
    words: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key: `lk_…`.' },
  },
  apiKeyBearer: {
    of: 'api_key',
    words: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'lk_…',
      description: 'An API key in `Authorization: Bearer`.',
    },
  },
  apiKeyCookie: {
    of: 'api_key',
    words: {
      type: 'apiKey',
      in: 'cookie',
      name: API_KEY_COOKIE,
      description: 'An API key in a cookie. For changes the rule of the session’s cookie holds as well.',
    },
  },
  apiKeyQuery: {
    of: 'api_key',
    onGetAlone: true,
    words: {
      type: 'apiKey',
      in: 'query',
      name: 'api_key',
      description: 'An API key in the address, for keys made with `allowQuery`, and to read alone: GET and HEAD.',
    },
  },
};

export const SECURITY_SCHEMES = Object.fromEntries(Object.entries(SCHEMES).map(([name, { words }]) => [name, words]));

/** One of these will do. The scopes are the permissions that the credential must hold. */
export function securityOf(guard: GuardDescription, method: string): Record<string, string[]>[] {
  if (guard.rung === 'open') return [];
  const scopes = guard.rung === 'permitted' && guard.demands !== null ? [guard.demands] : [];
  return Object.entries(SCHEMES)
    .filter(([, { of, onGetAlone }]) => guard.credentials.includes(of) && (!onGetAlone || method === 'GET'))
    .map(([name]) => ({ [name]: scopes }));
}
