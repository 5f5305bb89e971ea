export { createClosure, type Closure } from './closure.ts';
export { createEndAccess } from './end-access.ts';
export { createExports, type Exports } from './export.ts';
export { createLockdown, type Lockdown } from './lockdown.ts';
export { closeMe, closeSomebody, exportMe, exportSomebody, lockMeDown, lockSomebodyDown } from './router.ts';
