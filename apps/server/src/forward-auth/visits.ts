import { sessionId } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { sha256, type Sealer } from '../crypto/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';

const TICKET = 'forward-auth ticket';
const VISIT = 'forward-auth visit';
const TICKET_LIFETIME_MS = MINUTE_MS;

const visit = z.strictObject({ sid: sessionId, origin: z.string() });
const ticket = z.strictObject({
  sid: sessionId,
  origin: z.string(),
  path: z.string(),
  stateDigest: z.string(),
  expiresAtMs: z.number(),
});
export type Visit = z.infer<typeof visit>;
export type Ticket = Omit<z.infer<typeof ticket>, 'expiresAtMs'>;

/**
 * How a session is known on another host, which never sees its cookie. A ticket carries it there through the browser, for a
 * minute, and only into the browser that began there [B22]; a visit is what stays, good for that host alone, and for as long
 * as the session.
 */
export function createVisits({ sealer, clock }: { sealer: Sealer; clock: Clock }) {
  const seal = (purpose: string, value: object) => sealer.seal(purpose, Buffer.from(JSON.stringify(value)));

  function open<Value>(purpose: string, shape: z.ZodMiniType<Value>, sealed: string): Value | null {
    const plain = sealer.open(purpose, sealed);
    return plain === null ? null : shape.parse(JSON.parse(plain.toString()));
  }

  return {
    sealTicket: (given: Ticket): string => seal(TICKET, { ...given, expiresAtMs: clock() + TICKET_LIFETIME_MS }),
    openTicket(sealed: string, origin: string, state: string): Ticket | null {
      const opened = open(TICKET, ticket, sealed);
      const isGood = opened?.origin === origin && opened.stateDigest === sha256(state) && opened.expiresAtMs > clock();
      return isGood ? opened : null;
    },
    sealVisit: (given: Visit): string => seal(VISIT, given),
    openVisit(sealed: string, origin: string): Visit | null {
      const opened = open(VISIT, visit, sealed);
      return opened?.origin === origin ? opened : null;
    },
  };
}

export type Visits = ReturnType<typeof createVisits>;
