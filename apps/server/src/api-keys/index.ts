export { isPreviousSecret, judgeHeldKey, judgeKey, type Verdict } from './judgement.ts';
export { takeUses } from './limits.ts';
export { apiKeysRouter } from './router.ts';
export { markUsed as markApiKeysUsed, revokeKeysOf } from './rows.ts';
export { createApiKeys, type ApiKeys } from './service.ts';
export { createRefusals, type Refusals } from './refusals.ts';
export { createReminders } from './reminders.ts';
