import { readFile } from 'node:fs/promises';

import type { Page, Route } from '@playwright/test';

import { ADMIN, expect, expectAccessible, signIn, test } from './fixtures.ts';
import type { Rest } from './rest.ts';

/** More entries than the server gives at once, newest last. */
async function makeEntries(admin: Rest): Promise<void> {
  for (let number = 1; number <= 120; number += 1)
    await admin('POST', '/api-keys', { name: `worker ${number}`, permissions: ['users:read'] });
}

async function openMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Export' }).click();
}

async function savedBy(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

test('what fits the filters is exported, over all its pages', async ({ page, admin }) => {
  await makeEntries(admin);
  await signIn(page, ADMIN);
  await page.goto('/console/audit?act=api_key.created');
  await expect(page.getByRole('table', { name: 'Audit log' })).toBeVisible();
  await openMenu(page);
  const { name, text } = await savedBy(page, () => page.getByRole('menuitem', { name: 'JSON Lines' }).click());
  expect(name).toMatch(/^latchkey-audit-\d{4}-\d\d-\d\d\.jsonl$/);
  const entries = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { act: string; target: object });
  expect(entries).toHaveLength(120);
  expect(entries[0]).toMatchObject({ act: 'api_key.created', target: { name: 'worker 120' } });
  expect(entries[119]).toMatchObject({ act: 'api_key.created', target: { name: 'worker 1' } });
  await expect(page.getByText('120 entries saved as a file.')).toBeVisible();
  await page.getByLabel('What happened').selectOption('session.created');
  await openMenu(page);
  const csv = await savedBy(page, () => page.getByRole('menuitem', { name: 'CSV' }).click());
  const [head, newest] = csv.text.split('\r\n');
  expect(head).toMatch(/^\uFEFFNumber,Time,Act,/);
  expect(newest).toContain(`,session.created,person,`);
  expect(newest).toContain(`,${ADMIN.email},`);
  await page.goto('/console/audit?until=2020-01-01');
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  await expect(page.getByText('No entry fits the filters, so there is no file.')).toBeVisible();
});

test('an export that fails goes on where it was, and can be stopped', async ({ page, admin }) => {
  await makeEntries(admin);
  await signIn(page, ADMIN);
  await page.goto('/console/audit');
  await expect(page.getByRole('table', { name: 'Audit log' })).toBeVisible();
  const dialog = page.getByRole('dialog', { name: 'Export the audit log' });
  const retry = dialog.getByRole('button', { name: 'Retry' });
  const breakAt = async (calls: RegExp, answer: (route: Route) => Promise<void>) => {
    await page.unrouteAll();
    await page.route(calls, answer);
  };
  const refuse = (route: Route) => route.fulfill({ status: 403 });
  await breakAt(/audit\.list/, refuse);
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'JSON Lines' }).click();
  await expect(dialog.getByRole('status')).toHaveText('0 entries read.');
  await expect(dialog.getByRole('alert')).toBeFocused();
  await expectAccessible(page, 'an export that failed');
  await breakAt(/audit\.list.*cursor/, refuse);
  await retry.click();
  await expect(dialog.getByRole('status')).toContainText('100 entries read, back to');
  await expect(dialog.getByRole('alert')).toBeFocused();
  await page.unrouteAll();
  const { text } = await savedBy(page, () => retry.dblclick());
  const numbers = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { number: number }).number);
  expect(numbers.at(-1)).toBe(1);
  expect(numbers).toEqual(numbers.map((_, place) => numbers.length - place));
  await expect(dialog).toBeHidden();
  await breakAt(/audit\.list.*cursor/, async () => undefined);
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'JSON Lines' }).click();
  await expect(dialog.getByRole('status')).toContainText('100 entries read, back to');
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Export' })).toBeFocused();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
