import { QueryClient, focusManager } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCQueryUtils, createTRPCReact } from '@trpc/react-query';

import { problemOf } from '../words/failure.ts';
import { freshnessLink, keysetLink, signInAgainLink } from './links.ts';
import type { AppRouter } from './router-types.ts';

/** The server's own bound on a batch. */
const MAX_BATCH_SIZE = 10;

/** A page's loader and its component ask for the same within this time; later the component would ask again. */
const JUST_LOADED_MS = 2000;

/** Windows side by side never hide each other, so `visibilitychange` alone would miss the way back to one. */
focusManager.setEventListener((onFocus) => {
  const back = () => onFocus();
  addEventListener('focus', back);
  document.addEventListener('visibilitychange', back);
  return () => {
    removeEventListener('focus', back);
    document.removeEventListener('visibilitychange', back);
  };
});

/** Only what may pass by itself is tried again; a refusal stays a refusal. */
function mayPass(failures: number, error: unknown): boolean {
  const code = problemOf(error)?.code;
  return failures < 2 && (!code || code === 'overloaded' || code === 'storage_unavailable');
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: JUST_LOADED_MS, refetchOnWindowFocus: 'always', retry: mayPass },
    // Offline, a change fails at once and the form keeps its content, instead of happening some time later.
    mutations: { networkMode: 'always', gcTime: 0 },
  },
});

export const trpc = createTRPCReact<AppRouter>();

/** For what should lie in no cache: answers to forms, such as a new key's text, and what becomes a file. */
export const rpcClient = createTRPCClient<AppRouter>({
  links: [signInAgainLink, freshnessLink, keysetLink, httpBatchLink({ url: '/trpc', maxItems: MAX_BATCH_SIZE })],
});

/** For routes' loaders, outside of components: prefetch and invalidate. */
export const rpcCache = createTRPCQueryUtils({ queryClient, client: rpcClient });
