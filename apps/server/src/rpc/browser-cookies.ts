import type { FastifyReply, FastifyRequest } from 'fastify';

import { SECOND_MS } from '../time/index.ts';
import type { BrowserCookie } from './context.ts';
import { parseCookies } from './credential.ts';

type Kept = { lifetimeMs: number; sameSite: 'Lax' | 'Strict' };

/** The cookies of one request and its answer, by name. */
export function browserCookies(request: FastifyRequest, reply: FastifyReply) {
  const jar = new Jar(request, reply);
  return (name: string, kept: Kept): BrowserCookie => new Cookie(jar, name, kept);
}

class Jar {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #lines = new Map<string, string>();
  #sent: ReturnType<typeof parseCookies> | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request;
    this.#reply = reply;
  }

  valuesOf(name: string): readonly string[] {
    return (this.#sent ??= parseCookies(this.#request.headers.cookie)).get(name) ?? [];
  }

  write(name: string, line: string): void {
    this.#lines.set(name, line);
    // Fastify gathers repeated Set-Cookie headers. The last word counts: a renewed cookie must not outlive a sign-out.
    this.#reply.removeHeader('set-cookie');
    this.#reply.header('set-cookie', this.#lines.size === 1 ? line : [...this.#lines.values()]);
  }
}

/**
 * A class, since an object with a getter of its own is a shape of its own to V8: four of those for each request cost more than
 * the rest of an unguarded call, most of it in the collector of garbage.
 */
class Cookie implements BrowserCookie {
  readonly #jar: Jar;
  readonly #name: string;
  readonly #kept: Kept;

  constructor(jar: Jar, name: string, kept: Kept) {
    this.#jar = jar;
    this.#name = name;
    this.#kept = kept;
  }

  get value(): string | null {
    const [value = null, ...more] = this.#jar.valuesOf(this.#name);
    return more.length === 0 ? value : null;
  }

  set(value: string): void {
    this.#write(value, Math.floor(this.#kept.lifetimeMs / SECOND_MS));
  }

  clear(): void {
    this.#write('', 0);
  }

  #write(value: string, maxAgeSeconds: number): void {
    const name = this.#name;
    const line = `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=${this.#kept.sameSite}`;
    this.#jar.write(name, line);
  }
}
