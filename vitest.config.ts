import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages}/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    // Real databases, real processes: slow machines get their time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['scripts/build.ts', 'packages/testkit/src/postgres-global-setup.ts'],
  },
});
