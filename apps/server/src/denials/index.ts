export { denialsRouter } from './router.ts';
export { createRepeated } from './repeated.ts';
export { createDenials, type Denials } from './service.ts';
