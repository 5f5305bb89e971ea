export { createDeliveries, Unwanted } from './deliveries.ts';
export { queueOf, type Queue } from './queue.ts';
