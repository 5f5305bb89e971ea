import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages}/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    // Real databases, real processes: slow machines get their time.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: 'packages/testkit/src/postgres-global-setup.ts',
  },
});
