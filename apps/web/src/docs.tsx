import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { DocsPage } from './api-docs/docs-page.tsx';

const root = document.querySelector('#root');
if (!root) throw new Error('docs.html has no #root');

createRoot(root).render(
  <StrictMode>
    <DocsPage />
  </StrictMode>,
);
