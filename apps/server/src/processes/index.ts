export { startProcesses } from './primary.ts';
export { shareReports } from './reports.ts';
