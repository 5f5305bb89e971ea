export { networkOf } from './network.ts';
export { createRateLimits, type RateLimits } from './service.ts';
