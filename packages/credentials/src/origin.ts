import { isIPv4 } from 'node:net';

/** Where browsers let `Secure` cookies and secure contexts through without TLS. Not `127.evil.example`: that is a name. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/** The origin that the text names: a scheme, a host, maybe a port, and nothing else. Null for anything else. */
export function parseOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isBare = url.pathname === '/' && !/[?#@\\]/.test(text);
  return isBare && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : null;
}
