import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import { ADMIN, ADMIN_ENVIRONMENT } from '@latchkey/testkit/first-admin';
import { openPostgres } from '@latchkey/testkit/postgres';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';

import { signedInByRest, type Person, type Rest } from './rest.ts';

export { ADMIN, expect };

export type JourneyOptions = {
  database: 'sqlite' | 'postgres';
  /** False: the server has no account yet, and prints its set-up link. */
  hasAdmin: boolean;
  /** True: the server's time goes on when the journey says so, by `moveClock`. */
  clockMoves: boolean;
  /** More of the server's configuration. */
  serverEnv: Record<string, string>;
};

type JourneyFixtures = {
  /** A server of this journey's own, on an empty database. `page` and `newBrowser` are on its address. */
  server: ServerProcess;
  /** Another browser, with nothing in common with `page`'s. */
  newBrowser: () => Promise<Page>;
  /** Lets so much time go by for the server. */
  moveClock: (ms: number) => Promise<void>;
  /** The first admin's REST calls. */
  admin: Rest;
};

type WorkerFixtures = {
  /** The address of a new, empty database on a PostgreSQL that starts when first asked. */
  newDatabase: () => Promise<string>;
};

export const test = base.extend<JourneyOptions & JourneyFixtures, WorkerFixtures>({
  database: ['sqlite', { option: true }],
  hasAdmin: [true, { option: true }],
  clockMoves: [false, { option: true }],
  serverEnv: [{}, { option: true }],

  newDatabase: [
    async ({}, use) => {
      const postgres = onDemand(openPostgres);
      await use(async () => (await postgres.open()).createDatabase());
      await (await postgres.ifOpened())?.remove();
    },
    { scope: 'worker' },
  ],

  server: async ({ database, hasAdmin, clockMoves, serverEnv, newDatabase }, use, info) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-journey-'));
    const env = {
      ...serverEnv,
      ...(database === 'postgres' ? { DATABASE_URL: await newDatabase() } : {}),
      ...(hasAdmin ? ADMIN_ENVIRONMENT : {}),
      ...(clockMoves ? await withMovableClock(dataDir) : {}),
    };
    const server = await startServerProcess({ dataDir, env });
    await use(server);
    await server.stop();
    if (info.status !== info.expectedStatus) await writeFile(info.outputPath('server.log'), server.log());
    await rm(dataDir, { recursive: true });
  },

  baseURL: async ({ server }, use) => use(server.url),

  moveClock: async ({ server, clockMoves }, use) => {
    if (!clockMoves) throw new Error('This needs test.use({ clockMoves: true }).');
    let offsetMs = 0;
    await use((ms) => setClock(server.dataDir, (offsetMs += ms)));
  },

  admin: async ({ server }, use) => use(await signedInByRest(server, ADMIN)),

  context: async ({ context }, use) => {
    const faults = watch(context);
    await use(context);
    await expectNothingInReachOfScripts(context);
    expect(faults, 'what the browser complained about').toEqual([]);
  },

  newBrowser: async ({ browser, server }, use) => {
    const faults: string[][] = [];
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL: server.url });
      contexts.push(context);
      faults.push(watch(context));
      return context.newPage();
    });
    for (const context of contexts) {
      await expectNothingInReachOfScripts(context);
      await context.close();
    }
    expect(faults.flat(), 'what the other browsers complained about').toEqual([]);
  },
});

function onDemand<T>(open: () => Promise<T>) {
  let opening: Promise<T> | null = null;
  return { open: () => (opening ??= open()), ifOpened: () => opening };
}

const clockFileIn = (dataDir: string) => join(dataDir, 'journey-clock');

async function setClock(dataDir: string, offsetMs: number): Promise<void> {
  const file = clockFileIn(dataDir);
  await writeFile(`${file}.new`, String(offsetMs));
  await rename(`${file}.new`, file);
}

async function withMovableClock(dataDir: string): Promise<Record<string, string>> {
  await setClock(dataDir, 0);
  const preload = new URL('movable-clock.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${preload}`, JOURNEY_CLOCK_FILE: clockFileIn(dataDir) };
}

/** An API key, or what is as long as any other thing that lets somebody in; the settings that the pages keep are shorter. */
const LIKE_A_SECRET = /\blk_|[0-9A-Za-z_*-]{40,}/;

/** Scripts can read no cookie, and no store of theirs holds anything like a token or a key. */
async function expectNothingInReachOfScripts(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) {
    if (!page.url().startsWith('http')) continue;
    const [cookies, ...stores] = await page.evaluate(async () => [
      document.cookie,
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify(await indexedDB.databases()),
      JSON.stringify(await caches.keys()),
    ]);
    expect(cookies, `document.cookie at ${page.url()}`).toBe('');
    for (const store of stores) expect(store, `what scripts can read at ${page.url()}`).not.toMatch(LIKE_A_SECRET);
  }
}

/** Collects errors of scripts and in the console, which is also where refusals by the content security policy go. */
function watch(context: BrowserContext): string[] {
  const faults: string[] = [];
  context.on('weberror', (event) => faults.push(String(event.error())));
  context.on('console', (message) => {
    if (message.type() === 'error' && !isRefusedCall(message.text())) faults.push(message.text());
  });
  return faults;
}

/** Chromium reports each answer of 4xx to the console. A journey that is refused something looks at the page for it. */
function isRefusedCall(text: string): boolean {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(text);
}

/** Loses all cookies, and the page as well: it would go to the sign-in by itself, in the middle of what comes next. */
export async function loseCookies(page: Page): Promise<void> {
  await page.goto('about:blank');
  await page.context().clearCookies();
}

export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * No rule of axe for WCAG 2.2 AA is broken on the page as it is now, nor what it takes for good practice. The journey
 * goes on, to find them all.
 */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  // Legacy mode opens no second page for its report, which would take the focus. There are no frames to look into.
  const axe = new AxeBuilder({ page }).withTags(RULES).setLegacyMode();
  // They take the focus only to hand it on, which axe can't see.
  axe.exclude('[data-base-ui-focus-guard]');
  // An open menu or list belongs to its button, not to a part of the page; all else is hidden meanwhile, labels too,
  // by which the browser still names the field.
  const isPopupOpen = (await page.getByRole('menu').or(page.getByRole('listbox')).count()) > 0;
  if (isPopupOpen) axe.disableRules(['region', 'label-title-only']);
  const { violations } = await axe.analyze();
  const broken = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect.soft(broken, `rules that are broken in ${state}`).toEqual([]);
}
