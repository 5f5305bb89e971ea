export { isPreviousSecret, judgeHeldKey, judgeKey, type Verdict } from './judgement.ts';
export { takeUses } from './limits.ts';
export { apiKeysRouter } from './router.ts';
export { markUsed as markApiKeysUsed } from './rows.ts';
export { createApiKeys, type ApiKeys } from './service.ts';
