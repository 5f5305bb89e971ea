import type { Audit } from '../audit/index.ts';
import type { RateLimits } from '../rate-limits/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Clock } from '../time/index.ts';

export type ApiKeysNeeds = { storage: Storage; audit: Audit; rateLimits: RateLimits; clock: Clock };
