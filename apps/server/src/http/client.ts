import type { IncomingMessage } from 'node:http';

import { plainAddress, type Networks } from '../config/index.ts';

/** Who is at the other end, as far as it can be believed. */
type Client = {
  /** Null where the connection is gone already. */
  address: string | null;
  /** Whether the whole way is TLS: to this server, or to a trusted proxy that says so. */
  isSecure: boolean;
  /** Whether a trusted proxy passed the request on, so that what it says of it is believed. */
  isProxied: boolean;
};

declare module 'fastify' {
  interface FastifyRequest {
    client: Client;
  }
}

/**
 * The socket's other end, unless that is a trusted proxy. Anybody can write `X-Forwarded-*`, and `X-Real-IP`, `Forwarded`
 * and the like aren't read at all: a caller who could choose their address would escape limits and falsify the audit.
 */
export function clientOf(request: IncomingMessage, proxies: Networks): Client {
  const { remoteAddress = '' } = request.socket;
  const peer: Client = {
    address: plainAddress(remoteAddress),
    isSecure: 'encrypted' in request.socket,
    isProxied: false,
  };
  if (peer.address === null || !proxies.has(peer.address)) return peer;
  const scheme = entriesOf(request.headers['x-forwarded-proto']).at(-1)?.toLowerCase();
  return {
    address: forwardedAddress(entriesOf(request.headers['x-forwarded-for']), proxies) ?? peer.address,
    isSecure: scheme === undefined ? peer.isSecure : scheme === 'https',
    isProxied: true,
  };
}

/** Each proxy appends whom it saw, so the first entry from the right that isn't one of ours is the caller. */
function forwardedAddress(entries: readonly string[], proxies: Networks): string | null {
  let nearest: string | null = null;
  for (const entry of entries.toReversed()) {
    const address = plainAddress(withoutPort(entry));
    if (address === null) return nearest;
    if (!proxies.has(address)) return address;
    nearest = address;
  }
  return nearest;
}

function withoutPort(entry: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry;
}

function entriesOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header)
    .split(',')
    .map((entry) => entry.trim());
}
