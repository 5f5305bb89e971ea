import { isLoopbackHost } from '@latchkey/credentials';
import type { FastifyRequest } from 'fastify';

/** What proxies add. Whoever came by one isn't beside the server, wherever the proxy is. */
const PASSED_ON = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

type Arrived = Pick<FastifyRequest, 'client' | 'headers' | 'hostname'>;

/** Whether the caller is a program on this machine: from where a trusted proxy is, it may be anybody whom that passed on without a word. */
export function isFromHere(request: Arrived): boolean {
  return !request.client.isProxied && seemsFromHere(request);
}

/**
 * Whether nothing in the request tells of another machine. The host's name is looked at too: somebody else's site can have its
 * name lead here, and its visitors' browsers ask in its name.
 */
export function seemsFromHere({ client, headers, hostname }: Arrived): boolean {
  if (PASSED_ON.some((name) => headers[name] !== undefined)) return false;
  return client.address !== null && isLoopbackAddress(client.address) && isLoopbackHost(hostname);
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
