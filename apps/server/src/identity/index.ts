export { createIdentify, type Identify } from './identify.ts';
export { createLastUse } from './last-use.ts';
export { whoAmI } from './router.ts';
export { prepareStates } from './rows.ts';
