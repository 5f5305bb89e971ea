import { createTRPCClient, httpLink } from '@trpc/client';

import type { AppRouter } from '../rpc/router-types.ts';

/** One call at a time is all that these pages make, so they carry no batching. */
export const server = createTRPCClient<AppRouter>({ links: [httpLink({ url: '/trpc' })] });
