export { createMetrics, type Metrics } from './metrics.ts';
export { registerMetrics } from './routes.ts';
