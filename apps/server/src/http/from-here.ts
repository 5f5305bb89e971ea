import { isLoopbackHost } from '@latchkey/credentials';
import type { FastifyRequest } from 'fastify';

/** What proxies add. Whoever came by one isn't beside the server, wherever the proxy is. */
const PASSED_ON = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/**
 * Whether the caller is a program on this machine. The host's name is looked at too: somebody else's site can have its name lead
 * here, and its visitors' browsers ask in its name.
 */
export function isFromHere({
  client,
  headers,
  hostname,
}: Pick<FastifyRequest, 'client' | 'headers' | 'hostname'>): boolean {
  if (client.isProxied || PASSED_ON.some((name) => headers[name] !== undefined)) return false;
  return client.address !== null && isLoopbackAddress(client.address) && isLoopbackHost(hostname);
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
