import * as z from 'zod/mini';

/** What one procedure demands, read off the guard that runs. */
export const guardDescription = z.object({
  procedure: z.string(),
  kind: z.enum(['query', 'mutation']),
  rest: z.nullable(z.string()),
  rung: z.enum(['open', 'authenticated', 'signedIn', 'token', 'apiKey', 'role', 'permitted']),
  /** The role or permission that the rung names. */
  demands: z.nullable(z.string()),
  credentials: z.array(z.enum(['session', 'access_token', 'api_key'])),
  freshWithinMs: z.nullable(z.int()),
});
export type GuardDescription = z.infer<typeof guardDescription>;
export const accessMatrix = z.object({ procedures: z.array(guardDescription) });
