import type { ApiKeyId } from '@latchkey/schemas';

import type { Audit } from '../audit/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';
import type { History, Quotas, Recorder } from '../usage/index.ts';

export type ApiKeysNeeds = {
  storage: Storage;
  audit: Audit;
  rateLimits: RateLimits;
  quotas: Quotas;
  history: History;
  recorder: Pick<Recorder, 'record'>;
  /** Notes that the key was used. */
  markUsed: (id: ApiKeyId) => void;
  clock: Clock;
};
