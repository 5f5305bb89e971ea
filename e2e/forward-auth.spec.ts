import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '@latchkey/testkit/free-port';
import { startGuard, untilOpen } from '@latchkey/testkit/nginx';
import { NOTES } from '@latchkey/testkit/notes';
import { ensureProgram } from '@latchkey/testkit/programs';
import type { ServerProcess } from '@latchkey/testkit/server-process';
import type { Page } from '@playwright/test';

import { ADMIN, expect, signIn, test } from './fixtures.ts';

const nginx = process.platform === 'linux' ? ensureProgram('nginx') : null;

test.skip(nginx === null, 'There is no nginx.');
test.use({ serverEnv: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } });

const NOTES_PAGE = '<!doctype html><html lang="en"><title>Notes</title><link rel="icon" href="data:,"><h1>Notes</h1>';

/** A service that lets everybody in, behind nginx with the configuration that is shipped. */
async function guardNotes({ url }: ServerProcess) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-guarded-'));
  const service = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(NOTES_PAGE);
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  // Another host than Latchkey's, whose cookies aren't its.
  const host = `127.0.0.1:${await freePort()}`;
  const ports = { latchkey: Number(new URL(url).port), service: (service.address() as AddressInfo).port };
  const proxy = startGuard(nginx ?? '', folder, { host, ...ports });
  await untilOpen(Number(new URL(`http://${host}`).port));
  return {
    origin: `http://${host}`,
    async close(): Promise<void> {
      proxy.kill('SIGTERM');
      await once(proxy, 'exit');
      service.close();
      service.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function allow(page: Page, origin: string): Promise<void> {
  await page.goto('/console/settings');
  await page.getByLabel('Addresses (optional)').fill(origin);
  await page.getByRole('button', { name: 'Save addresses' }).click();
}

test('an admin allows a host, and whoever opens a page there signs in and comes back to it', async ({
  page,
  server,
  admin,
  newBrowser,
}) => {
  const notes = await guardNotes(server);
  const { name, permissions } = NOTES;
  await admin('POST', '/trpc/resources.create', { name, permissions, audience: notes.origin });
  await signIn(page, ADMIN);
  const visitor = await newBrowser();
  const there = `${notes.origin}/notes?day=1`;
  const isShown = visitor.getByRole('heading', { name: 'Notes' });

  // Nobody is sent from a host that isn't allowed, nor to one.
  expect((await visitor.goto(there))?.status()).toBe(401);
  expect(visitor.url()).toBe(there);
  const lure = `/forward-auth/sign-in?origin=${encodeURIComponent(notes.origin)}&to=%2F&state=x`;
  expect((await page.goto(lure))?.status()).toBe(404);

  await allow(page, `${notes.origin}/notes`);
  await expect(page.getByText(`${notes.origin}/notes: Use an address without a path`)).toBeVisible();
  await allow(page, notes.origin);
  await expect(page.getByText('Addresses saved.')).toBeVisible();
  await visitor.goto(there);
  expect(new URL(visitor.url()).origin).toBe(server.url);
  await visitor.getByLabel('Email').fill(ADMIN.email);
  await visitor.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await visitor.getByRole('button', { name: 'Sign in', exact: true }).click();
  await visitor.waitForURL(there);
  await expect(isShown).toBeVisible();

  await allow(page, '');
  await expect(page.getByText('Addresses saved.').last()).toBeVisible();
  await expect.poll(async () => (await visitor.goto(there))?.status()).toBe(401);
  expect(visitor.url()).toBe(there);
  // Else it might still ask for an icon.
  await visitor.close();
  await notes.close();
});
