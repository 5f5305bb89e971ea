import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Identify } from '../identity/index.ts';
import { browserCookies, type BrowserCookie, type CallContext, type Question, type Rpc } from '../rpc/index.ts';
import type { SettingsService } from '../settings/index.ts';
import { DAY_MS } from '../time/index.ts';
import type { Visits } from './visits.ts';

/** On a guarded host, everything below this is passed on to `/forward-auth/`. */
const BELOW = '/.latchkey';
export const BEGIN = `${BELOW}/begin`;
export const FINISH = `${BELOW}/finish`;
/** Beyond this a visit needs the browser to come by again, which nobody notices who is still signed in. */
const VISIT_LIFETIME_MS = DAY_MS;

export type ForwardAuthNeeds = {
  rpc: Pick<Rpc, 'admit'>;
  identify: Identify;
  createContext: (request: FastifyRequest, reply: FastifyReply, calls?: number, question?: Question) => CallContext;
  settings: Pick<SettingsService, 'get'>;
  visits: Visits;
  publicUrl: string;
};

export async function isAllowed({ settings }: Pick<ForwardAuthNeeds, 'settings'>, origin: string): Promise<boolean> {
  return (await settings.get()).forwardAuthOrigins.includes(origin);
}

export function visitCookie(request: FastifyRequest, reply: FastifyReply, name: string): BrowserCookie {
  return browserCookies(request, reply)(name, { lifetimeMs: VISIT_LIFETIME_MS, sameSite: 'Lax' });
}
