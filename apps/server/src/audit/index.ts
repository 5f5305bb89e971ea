export { digestOf } from './entry.ts';
export { auditRouter } from './router.ts';
export { createAudit, entriesAfter, verifyChain, type Audit } from './service.ts';
