import type { FastifyRequest } from 'fastify';

import { seemsFromHere } from './from-here.ts';

/** What a machine asks from beside the server, often without TLS. */
const HEALTH_PATHS = new Set(['/healthz', '/readyz']);

/**
 * Where a request that came without TLS has to go, or null. The address is made of the configured origin alone: the
 * `Host` header is the caller's word.
 */
export function httpsLocation(request: FastifyRequest, publicUrl: string): string | null {
  const { client, url } = request;
  if (client.isSecure || !publicUrl.startsWith('https:') || HEALTH_PATHS.has(url)) return null;
  // A scraper beside a trusted proxy shows a credential, and has no other way than this.
  if (url === '/metrics' && seemsFromHere(request)) return null;
  return publicUrl + url;
}
