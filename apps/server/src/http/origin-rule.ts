import type { IncomingMessage } from 'node:http';

import { Problem } from '../problems/index.ts';

/** The session's cookie. `__Host-`: Secure, for this host alone, for every path. */
export const SESSION_COOKIE = '__Host-latchkey';
/** By which a browser is known in which somebody has signed in. It lets nobody in. */
export const DEVICE_COOKIE = '__Host-latchkey-device';
/** The cookie between the steps of a sign-in. */
export const SIGN_IN_COOKIE = '__Host-latchkey-sign-in';
/** Holds the challenge that a passkey is about to sign. */
export const PASSKEY_COOKIE = '__Host-latchkey-passkey';
/** By which a page behind a proxy, on another host, knows who is signed in here. */
export const VISIT_COOKIE = '__Host-latchkey-visit';
/** The cookie that may carry an API key. */
export const API_KEY_COOKIE = 'api_key';

const CREDENTIAL_COOKIES = new Set([SESSION_COOKIE, SIGN_IN_COOKIE, PASSKEY_COOKIE, API_KEY_COOKIE, VISIT_COOKIE]);
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The refusal of a change that another site may have caused, or null. A request that says it comes from elsewhere is
 * refused whatever it carries, or else another site could sign its visitor in as somebody else; and one whose only
 * credential is a cookie, which browsers add by themselves, must say that it comes from here.
 */
export function refusalByOrigin(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  publicUrl: string,
): Problem | null {
  if (SAFE_METHODS.has(method)) return null;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isForeign = (origin !== undefined && origin !== publicUrl) || site === 'cross-site' || site === 'same-site';
  if (isForeign) return new Problem('origin_mismatch');
  const isOwn = origin === publicUrl || site === 'same-origin';
  return isOwn || !isCarriedByCookie(headers) ? null : new Problem('origin_mismatch');
}

/** A change behind a proxy that only a cookie vouches for. There, what carries a credential of its own may come from elsewhere. */
export function refusalBehindProxy(
  { method, headers }: Pick<IncomingMessage, 'headers'> & { method: string },
  origin: string,
): Problem | null {
  return isCarriedByCookie(headers) ? refusalByOrigin({ method, headers }, origin) : null;
}

/** An explicit header wins over a cookie, and then nothing in the request is there by itself. */
function isCarriedByCookie({ authorization, cookie, 'x-api-key': apiKey }: IncomingMessage['headers']): boolean {
  if (authorization !== undefined || apiKey !== undefined || cookie === undefined) return false;
  return cookie.split(';').some((pair) => {
    const name = pair.split('=', 1)[0]?.trim();
    return name !== undefined && CREDENTIAL_COOKIES.has(name);
  });
}
