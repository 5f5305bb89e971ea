import * as z from 'zod/mini';

const name = z.catch(z.optional(z.string()), undefined);

/** Which two roles are compared, as it stands in the address bar. */
export const rolesSearch = z.object({ compare: name, with: name });
export type RolesSearch = z.infer<typeof rolesSearch>;
