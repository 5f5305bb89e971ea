import type { IncomingMessage } from 'node:http';

import { Problem } from '../problems/index.ts';
import { headersNamed } from './repeated-headers.ts';

/** A name or an address, with a port or without. */
export function isHost(text: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.test(text);
}

/** RFC 9112, section 3.2: one host, since of two a proxy may look at the other. Before HTTP/1.1 there may be none. */
export function refusalByHost(request: IncomingMessage): Problem | null {
  const hosts = headersNamed('host', request);
  const mayLack = request.httpVersion === '1.0' && hosts.length === 0;
  return mayLack || (hosts.length === 1 && hosts.every(isHost)) ? null : new Problem('request_malformed');
}
