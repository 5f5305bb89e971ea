import { defineConfig } from 'vite';

/** Our own unpublished packages go into the bundle; what npm has stays outside it. */
export default defineConfig({
  build: {
    target: 'node20',
    minify: false,
    lib: { entry: ['src/index.ts', 'src/verify.ts'], formats: ['es'] },
    rolldownOptions: {
      external: [/^node:/, '@trpc/server', 'jose', /^jose\//, 'lru-cache', 'zod', /^zod\//],
      treeshake: { moduleSideEffects: false },
    },
  },
});
