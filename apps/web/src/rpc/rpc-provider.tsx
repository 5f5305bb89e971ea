import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { queryClient, rpcClient, trpc } from './client.ts';

export function RpcProvider({ children }: { children: ReactNode }): ReactNode {
  return (
    <trpc.Provider client={rpcClient} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
