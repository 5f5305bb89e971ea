export { createVisits, type Visits } from './visits.ts';
export { registerForwardAuth } from './routes.ts';
