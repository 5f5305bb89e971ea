export { createAlertDeliveries } from './alert-deliveries.ts';
export { testEvent } from './events.ts';
export { alertsRouter } from './router.ts';
export { countUndelivered } from './rows.ts';
export { createAlerts, type Alerts } from './service.ts';
export { createWatch } from './watch.ts';
export { createWebhook } from './webhook.ts';
