import { randomUUID } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

/** What the app keeps of a sign-in that is under way. */
export type Begun = { verifier: string; state: string; nonce: string };
/** What it keeps of whoever signed in. */
export type SignedIn = { subject: string; idToken: string; accessToken: string; refreshToken: string };
export type Visitor = { begun?: Begun; signedIn?: SignedIn };

const COOKIE = 'visitor';

/** The browsers that came by, in memory. Each sign-in begins under a new id, so that nobody can have set it before. */
export function createVisitors() {
  const visitors = new Map<string, Visitor>();

  const idOf = ({ headers }: FastifyRequest) => /(?:^|; )visitor=([\w-]{36})/.exec(headers.cookie ?? '')?.[1] ?? '';

  return {
    find: (request: FastifyRequest): Visitor => visitors.get(idOf(request)) ?? {},
    keep(request: FastifyRequest, reply: FastifyReply, visitor: Visitor): void {
      visitors.delete(idOf(request));
      const id = randomUUID();
      visitors.set(id, visitor);
      void reply.header('set-cookie', `${COOKIE}=${id}; Path=/; HttpOnly; Secure; SameSite=Lax`);
    },
  };
}
