import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { TRUSTING } from './described-app.ts';
import { test } from './fixtures.ts';
import { setUpTour, TOURS } from './tours.ts';

test.use({ serverEnv: TRUSTING });

/** Pictures of every state of every page, for somebody to look at. Only with `SCREENSHOTS` set, and best on one database. */
test.slow();

const FOLDER = join(import.meta.dirname, 'screenshots');
const WIDTHS = [1280, 390];

async function picture(page: Page, state: string): Promise<void> {
  const usual = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width > 1000 ? 800 : 844 });
      const path = join(FOLDER, `${state}-${width}-${colorScheme}.png`);
      // A dialog covers what the window shows, and no more.
      const fullPage = (await page.getByRole('dialog').or(page.getByRole('alertdialog')).count()) === 0;
      await page.screenshot({ path, fullPage });
    }
  }
  if (usual) await page.setViewportSize(usual);
}

test.describe('on a server without accounts', () => {
  test.use({ hasAdmin: false });

  test('the set-up: pictures', async ({ page, server }) => {
    await setUpTour({ page, server, stop: (state) => picture(page, state) });
  });
});

for (const [name, tour] of Object.entries(TOURS)) {
  test(`${name}: pictures`, async ({ page, server, admin }) => {
    await tour({ page, server, admin, stop: (state) => picture(page, state) });
  });
}
