import './zod-without-eval.ts';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const root = document.querySelector('#root');
if (!root) throw new Error('auth.html has no #root');

createRoot(root).render(<StrictMode>{null}</StrictMode>);
