import type { FastifyReply, FastifyRequest } from 'fastify';

import { SECOND_MS } from '../time/index.ts';
import type { BrowserCookie } from './context.ts';
import { parseCookies } from './credential.ts';

type Kept = { lifetimeMs: number; sameSite: 'Lax' | 'Strict' };

/** The cookies of one request and its answer, by name. */
export function browserCookies(request: FastifyRequest, reply: FastifyReply) {
  const lines = new Map<string, string>();
  let sent: ReturnType<typeof parseCookies> | undefined;
  return (name: string, { lifetimeMs, sameSite }: Kept): BrowserCookie => {
    const write = (value: string, maxAgeSeconds: number) => {
      lines.set(name, `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=${sameSite}`);
      // Fastify gathers repeated Set-Cookie headers. The last word counts: a renewed cookie must not outlive a sign-out.
      reply.removeHeader('set-cookie');
      reply.header('set-cookie', lines.size === 1 ? lines.get(name) : [...lines.values()]);
    };
    return {
      get value() {
        const [value = null, ...more] = (sent ??= parseCookies(request.headers.cookie)).get(name) ?? [];
        return more.length === 0 ? value : null;
      },
      set: (value) => write(value, Math.floor(lifetimeMs / SECOND_MS)),
      clear: () => write('', 0),
    };
  };
}
