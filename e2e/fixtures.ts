import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import { openPostgres } from '@latchkey/testkit/postgres';
import { startServerProcess, type ServerProcess } from '@latchkey/testkit/server-process';
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';

export { expect };

export type Person = { email: string; password: string };

/** The first admin of every journey's server, unless the journey asks for one without accounts. */
export const ADMIN: Person = { email: 'ada@example.com', password: 'a kettle sings at four' };

export type JourneyOptions = {
  database: 'sqlite' | 'postgres';
  /** False: the server has no account yet, and prints its set-up link. */
  hasAdmin: boolean;
};

type JourneyFixtures = {
  /** A server of this journey's own, on an empty database. `page` and `newBrowser` are on its address. */
  server: ServerProcess;
  /** Another browser, with nothing in common with `page`'s. */
  newBrowser: () => Promise<Page>;
};

type WorkerFixtures = {
  /** The address of a new, empty database on a PostgreSQL that starts when first asked. */
  newDatabase: () => Promise<string>;
};

export const test = base.extend<JourneyOptions & JourneyFixtures, WorkerFixtures>({
  database: ['sqlite', { option: true }],
  hasAdmin: [true, { option: true }],

  newDatabase: [
    async ({}, use) => {
      const postgres = onDemand(openPostgres);
      await use(async () => (await postgres.open()).createDatabase());
      await (await postgres.ifOpened())?.remove();
    },
    { scope: 'worker' },
  ],

  server: async ({ database, hasAdmin, newDatabase }, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-journey-'));
    const env = {
      ...(database === 'postgres' ? { DATABASE_URL: await newDatabase() } : {}),
      ...(hasAdmin ? { LATCHKEY_ADMIN_EMAIL: ADMIN.email, LATCHKEY_ADMIN_PASSWORD: ADMIN.password } : {}),
    };
    const server = await startServerProcess({ dataDir, env });
    await use(server);
    await server.stop();
    await rm(dataDir, { recursive: true });
  },

  baseURL: async ({ server }, use) => use(server.url),

  context: async ({ context }, use) => {
    const faults = watch(context);
    await use(context);
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
    for (const context of contexts) await context.close();
    expect(faults.flat(), 'what the other browsers complained about').toEqual([]);
  },
});

function onDemand<T>(open: () => Promise<T>) {
  let opening: Promise<T> | null = null;
  return { open: () => (opening ??= open()), ifOpened: () => opening };
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

export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** No rule of axe is broken on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
