export { chained } from './entry.ts';
export { auditRouter } from './router.ts';
export { createAudit, entriesAfter, verifyChain, verifyTail, type Audit } from './service.ts';
