import { ensureChromium } from '@latchkey/testkit/programs';
import { defineConfig } from '@playwright/test';

import type { JourneyOptions } from './fixtures.ts';

export default defineConfig<JourneyOptions>({
  testMatch: '**/*.spec.ts',
  testIgnore: process.env['SCREENSHOTS'] ? [] : ['**/pictures.spec.ts'],
  outputDir: 'results',
  workers: 2,
  // Each journey has its own server, and the longest file would be the last one running.
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  // A journey that passes at its second try has found a race: the summary names it. One in some hundred fails for being slowed down.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: ensureChromium(),
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'sqlite', use: { database: 'sqlite' } },
    { name: 'postgres', use: { database: 'postgres' } },
  ],
});
