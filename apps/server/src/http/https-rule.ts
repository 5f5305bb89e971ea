import type { FastifyRequest } from 'fastify';

/** What a machine asks from beside the server, often without TLS. */
const HEALTH_PATHS = new Set(['/healthz', '/readyz']);

/**
 * Where a request that came without TLS has to go, or null. The address is made of the configured origin alone: the
 * `Host` header is the caller's word.
 */
export function httpsLocation({ client, url }: FastifyRequest, publicUrl: string): string | null {
  if (client.isSecure || !publicUrl.startsWith('https:') || HEALTH_PATHS.has(url)) return null;
  return publicUrl + url;
}
