import { serviceAccountListInput } from '@latchkey/schemas';
import * as z from 'zod/mini';

export const serviceAccountsSearch = z.object({ q: z.catch(serviceAccountListInput.shape.q, undefined) });
