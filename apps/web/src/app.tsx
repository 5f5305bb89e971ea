import './zod-without-eval.ts';

import { CSPProvider } from '@base-ui/react/csp-provider';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { router } from './routes/router.ts';
import { RpcProvider } from './rpc/rpc-provider.tsx';
import { listenForShortcuts } from './ui/shortcuts.ts';

const root = document.querySelector('#root');
if (!root) throw new Error('app.html has no #root');

listenForShortcuts();

// A page kept by the browser would show its last person's data to the next one after a sign-out.
addEventListener('pageshow', (event) => event.persisted && location.reload());

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <RpcProvider>
        <RouterProvider router={router} />
      </RpcProvider>
    </CSPProvider>
  </StrictMode>,
);
