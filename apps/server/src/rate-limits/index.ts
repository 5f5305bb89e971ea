export { networkOf } from './network.ts';
export { createRateLimits, type RateLimits, type Taken } from './service.ts';
