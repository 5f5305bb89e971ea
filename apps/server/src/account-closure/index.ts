export { createClosure } from './closure.ts';
export { createExport } from './export.ts';
export { createLockdown } from './lockdown.ts';
export { othersEndings, ownEndings, type Endings } from './router.ts';
