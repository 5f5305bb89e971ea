import { userListInput } from '@latchkey/schemas';
import * as z from 'zod/mini';

/** The list's filters, as they stand in the address bar. What can't be read is left out. */
export const peopleSearch = z.object({
  q: z.catch(userListInput.shape.q, undefined),
  status: z.catch(userListInput.shape.status, undefined),
  role: z.catch(userListInput.shape.role, undefined),
  secondFactor: z.catch(userListInput.shape.secondFactor, undefined),
});
export type PeopleSearch = z.infer<typeof peopleSearch>;
