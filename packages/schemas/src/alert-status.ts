import * as z from 'zod/mini';

// By itself, since every page of the console reads it off its address; the words of the alerts are for theirs.
export const alertStatus = z.enum(['open', 'acknowledged', 'dismissed']);
