import type { Page } from '@playwright/test';

import { TRUSTING } from './described-app.ts';
import { expect, expectAccessible, test } from './fixtures.ts';
import { setUpTour, TOURS } from './tours.ts';

test.use({ serverEnv: TRUSTING });

const NARROW = [390, 320];

/** Nothing sticks out at the side: not the page, not a dialog, not a part of it that would hide what it can't hold. */
async function expectNoSidewaysOverflow(page: Page, state: string): Promise<void> {
  const usual = page.viewportSize();
  for (const width of NARROW) {
    await page.setViewportSize({ width, height: 800 });
    // A popup that is open follows its button a moment later.
    await expect
      .configure({ soft: true })
      .poll(() => tooWide(page), `${state}, ${width} wide`)
      .toEqual([]);
  }
  if (usual) await page.setViewportSize(usual);
}

function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, [role=dialog], [role=alertdialog], [role=menu]')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((each) => `${each.tagName} ${each.className}: ${each.scrollWidth} in ${each.clientWidth}`),
  );
}

async function examine(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, `${state}, ${colorScheme}`);
  }
  await expectNoSidewaysOverflow(page, state);
}

/** Some of them stop thirty times, and look twice each time. */
test.setTimeout(360_000);

const PROMISE = 'every state is accessible in both themes, and as narrow as 320 pixels';

test.describe('on a server without accounts', () => {
  test.use({ hasAdmin: false });

  test(`the set-up: ${PROMISE}`, async ({ page, server }) => {
    await setUpTour({ page, server, stop: (state) => examine(page, state) });
  });
});

for (const [name, tour] of Object.entries(TOURS)) {
  test(`${name}: ${PROMISE}`, async ({ page, server, admin }) => {
    await tour({ page, server, admin, stop: (state) => examine(page, state) });
  });
}
