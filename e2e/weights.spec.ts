import { gzipSync } from 'node:zlib';

import type { Page, Response } from '@playwright/test';

import { ADMIN, expect, signIn, test } from './fixtures.ts';

const KIB = 1024;
const SIGN_IN_AT_MOST = { js: 95 * KIB, css: 8 * KIB };
const CONSOLE_AT_MOST = 200 * KIB;

type Weight = { js: number; css: number };

/** What a browser without any of it in its cache loads for a page, gzipped. */
async function weigh(page: Page, open: () => Promise<void>): Promise<Weight> {
  const files = new Map<string, Promise<number>>();
  const note = (response: Response) => {
    const { pathname } = new URL(response.url());
    if (/\.(?:js|css)$/.test(pathname))
      files.set(
        pathname,
        response.body().then((body) => gzipped(body)),
      );
  };
  page.on('response', note);
  await open();
  // What comes later would be read from a page that is closed by then.
  page.off('response', note);
  const weights = [...files].map(async ([path, weight]) => ({ path, weight: await weight }));
  const known = await Promise.all(weights);
  const total = (ending: string) =>
    known.filter(({ path }) => path.endsWith(ending)).reduce((sum, { weight }) => sum + weight, 0);
  return { js: total('.js'), css: total('.css') };
}

const gzipped = (body: Buffer) => gzipSync(body, { level: 9 }).length;

test('the sign-in page is at most 95 KiB of scripts and 8 KiB of styles', async ({ page }) => {
  const { js, css } = await weigh(page, async () => {
    await page.goto('/sign-in');
    await page.waitForLoadState('networkidle');
  });
  expect(js).toBeGreaterThan(0);
  expect(js).toBeLessThanOrEqual(SIGN_IN_AT_MOST.js);
  expect(css).toBeLessThanOrEqual(SIGN_IN_AT_MOST.css);
});

test('no page of the console is more than 200 KiB of scripts', async ({ page, newBrowser }) => {
  test.setTimeout(180_000);
  await signIn(page, ADMIN);
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  const paths = await links.evaluateAll((all) => all.map((each) => new URL((each as HTMLAnchorElement).href).pathname));
  expect(paths).toContain('/console/api-keys');
  const cookies = await page.context().cookies();
  for (const path of paths) {
    const fresh = await newBrowser();
    await fresh.context().addCookies(cookies);
    const { js } = await weigh(fresh, async () => {
      await fresh.goto(path);
      await expect(fresh.getByRole('heading', { level: 1 })).toBeVisible();
      await fresh.waitForLoadState('networkidle');
    });
    expect(js, path).toBeGreaterThan(SIGN_IN_AT_MOST.js);
    expect(js, path).toBeLessThanOrEqual(CONSOLE_AT_MOST);
    await fresh.close();
  }
});
