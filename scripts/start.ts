import { ensurePages, ensureServer } from './build.ts';

ensurePages();
ensureServer();
await import(new URL('../apps/server/dist/main.js', import.meta.url).href);
