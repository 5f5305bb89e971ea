import * as z from 'zod/mini';

/** The loopback interface by its names (RFC 8252 section 7.3); a host that merely starts like one is another host [P34]. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const ODD_CHARACTERS = /[\p{Cc}\s\\*]/u;

export function isLoopbackUri(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
}

/** What is wrong with a place that people are to be sent to, as a sentence; null where nothing is. */
export function redirectUriFault(uri: string): string | null {
  const url = ODD_CHARACTERS.test(uri) ? null : URL.parse(uri);
  if (!url) return 'Use a whole address, such as https://app.example.com/callback.';
  if (uri.includes('#')) return 'Leave out everything from # on.';
  // Several readers of one address see different hosts in `a@b@c` [P32].
  if (url.username || url.password || authorityOf(uri).includes('@')) return 'Leave out the name before the host.';
  if (url.protocol === 'https:') return url.hostname === '' ? 'Name a host.' : null;
  if (url.protocol === 'http:') return isLoopbackUri(uri) ? null : 'Use https:, or http: for localhost alone.';
  return isPrivateScheme(url.protocol)
    ? null
    : 'Use https:, or a scheme of your own such as com.example.app:/callback.';
}

/** RFC 8252 section 7.1: a domain name turned around, so that two apps hardly choose the same. */
function isPrivateScheme(protocol: string): boolean {
  return /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(protocol);
}

function authorityOf(uri: string): string {
  return /^[^:]+:\/\/([^/?#]*)/.exec(uri)?.[1] ?? '';
}

/** A scheme, a host, maybe a port, and nothing else: where a proxy's pages are, to which people come back. */
export const returnOrigin = z.string().check(
  z.maxLength(300, 'Use at most 300 characters.'),
  z.superRefine((text, issues) => {
    const isBare = URL.parse(text)?.origin === text;
    const fault =
      redirectUriFault(text) ?? (isBare ? null : 'Use an address without a path, such as https://notes.example.com.');
    if (fault !== null) issues.addIssue(fault);
  }),
);

export const redirectUri = z.string().check(
  z.maxLength(500, 'Use at most 500 characters.'),
  z.superRefine((uri, issues) => {
    const fault = redirectUriFault(uri);
    if (fault !== null) issues.addIssue(fault);
  }),
);
