import { ensurePages } from './build-pages.ts';

ensurePages();
await import('../apps/server/src/main.ts');
