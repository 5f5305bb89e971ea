export { neighbourhoodOf, networkOf } from './network.ts';
export { createRateLimits, type RateLimits } from './service.ts';
export type { Turn } from './turns.ts';
