export { createDeliveries, Unwanted } from './deliveries.ts';
export { queueOf } from './queue.ts';
