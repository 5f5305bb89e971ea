import { ensureServer } from './build.ts';

ensureServer();
await import(new URL('../apps/server/dist/cli.js', import.meta.url).href);
