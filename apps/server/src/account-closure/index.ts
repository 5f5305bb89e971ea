export { createLockdown, type Lockdown } from './lockdown.ts';
export { lockMeDown, lockSomebodyDown } from './router.ts';
