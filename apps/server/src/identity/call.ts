import type { Origin } from '../actors/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import type { CallContext, Question } from '../rpc/index.ts';
import type { CookieSealer } from '../crypto/index.ts';
import type { Denials } from '../denials/index.ts';
import type { Refusals } from '../api-keys/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { SigningKeys } from '../signing-keys/index.ts';
import type { Clock } from '../time/index.ts';
import type { Quotas } from '../usage/index.ts';
import type { LastUse } from './last-use.ts';
import type { States } from './rows.ts';

export type IdentityNeeds = {
  states: States;
  sessions: Sessions;
  cookies: CookieSealer;
  signingKeys: SigningKeys;
  rateLimits: RateLimits;
  refusals: Refusals;
  denials: Pick<Denials, 'noteRefusedCredential'>;
  quotas: Quotas;
  lastUse: LastUse;
  clock: Clock;
  issuer: string;
};

export type Call = {
  origin: Origin;
  method: string;
  calls: number;
  sessionCookie: CallContext['sessionCookie'];
} & Question;
