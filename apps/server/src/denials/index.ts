export { denialsRouter } from './router.ts';
export { createDenials, type Denials } from './service.ts';
