export { createHistory, type History } from './history.ts';
export { outcomeOf } from './outcome.ts';
export { createQuotas, type Quotas } from './quotas.ts';
export { createRecorder, type Recorder } from './recorder.ts';
