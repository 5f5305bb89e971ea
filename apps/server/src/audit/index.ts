export { digestOf } from './entry.ts';
export { auditRouter } from './router.ts';
export { createAudit, verifyChain, type Audit } from './service.ts';
