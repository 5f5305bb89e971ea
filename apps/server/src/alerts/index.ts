export { alertsRouter } from './router.ts';
export { createAlerts, type Alerts } from './service.ts';
export { createWatch } from './watch.ts';
