export { judgeHeldKey, judgeKey, type Verdict } from './judgement.ts';
export { apiKeysRouter } from './router.ts';
export { markUsed as markApiKeysUsed } from './rows.ts';
export { createApiKeys, takeFromRate, type ApiKeys } from './service.ts';
