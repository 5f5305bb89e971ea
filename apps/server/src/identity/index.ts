export { createIdentify, type Identify } from './identify.ts';
export { createLastUse } from './last-use.ts';
export { whoAmI } from './router.ts';
export { createStates } from './rows.ts';
