import type { Page } from '@playwright/test';

import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { countInHeap } from './heap.ts';
import { chooseForKey, copyAndLeave, createKey } from './key-dialog.ts';
import { withKey } from './rest.ts';

const HOUR_MS = 3_600_000;

/** The secret as it crosses the wire, so that the test itself puts nothing into the page's memory. */
async function secretFrom(page: Page, procedure: string): Promise<string> {
  const response = await page.waitForResponse((each) => each.url().includes(`/trpc/${procedure}`));
  return /"secret":"([^"]+)"/.exec(await response.text())?.[1] ?? '';
}

/** Everything that somebody who comes to the open browser later could read. */
function leftInPage(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      location.href,
      history.state,
      { ...localStorage },
      { ...sessionStorage },
      [...document.querySelectorAll('input, textarea')].map((each) => (each as HTMLInputElement).value),
    ]),
  );
}

test('a key is made and copied in three clicks, works at once, and shines in the list', async ({ page, server }) => {
  let clicks = 0;
  await page.exposeFunction('countClick', () => (clicks += 1));
  await page.addInitScript('addEventListener("pointerdown", () => countClick(), true)');
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  await expect(page.getByRole('heading', { name: 'No API keys yet' })).toBeVisible();

  clicks = 0;
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('billing-worker');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(dialog.getByRole('button', { name: 'Copy', exact: true })).toBeFocused();
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog.getByText('Copied to the clipboard.')).toBeAttached();
  expect(clicks).toBeLessThanOrEqual(4);

  const secret = await page.evaluate(() => navigator.clipboard.readText());
  expect(await withKey(server, secret)('GET', '/me')).toMatchObject({ status: 200, body: { email: ADMIN.email } });
  await dialog.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row', { name: 'billing-worker' });
  await expect(row).toContainText('Active');
  await expect(row).toHaveAttribute('data-new');
});

test('where the clipboard is refused, the key is selected and the page says what to press', async ({
  page,
  context,
  server,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  await context.clearPermissions();
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await page.reload();
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('billing-worker');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog.getByText('Press Ctrl C to copy.')).toBeVisible();
  const selected = await page.evaluate(() => String(getSelection()));
  expect((await withKey(server, selected)('GET', '/me')).status).toBe(200);

  // Left without a copy, it asks once more; Esc and the backdrop lose nothing.
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog.getByRole('alert')).toContainText("You haven't copied the key.");
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await expect(dialog).toBeHidden();
});

test('when its dialog has closed, the secret is nowhere in the page: not shown, not stored, not in memory', async ({
  page,
}) => {
  test.slow();
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('billing-worker');
  const made = secretFrom(page, 'apiKeys.create');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const secret = await made;
  expect(secret).toMatch(/^lk_/);
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  expect(await countInHeap(page, secret), 'the search finds a secret that is there').toBeGreaterThan(0);

  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row', { name: 'billing-worker' })).toBeVisible();
  expect(await leftInPage(page)).not.toContain(secret);
  // Each look writes the whole heap down, which takes slow machines their time.
  await expect.poll(() => countInHeap(page, secret), { timeout: 60_000 }).toBe(0);
});

test.describe('an old secret', () => {
  test.use({ clockMoves: true });

  test('works beside the new one through its grace, then no more', async ({ page, server, moveClock }) => {
    await signIn(page, ADMIN);
    await page.goto('/account/api-keys');
    const old = withKey(server, await createKey(page, 'billing-worker'));

    await chooseForKey(page, 'billing-worker', 'Rotate key');
    const dialog = page.getByRole('dialog', { name: 'Rotate billing-worker' });
    await dialog.getByRole('radio', { name: 'In 1 hour' }).check();
    await expect(dialog.getByText(/^Both secrets work until /)).toBeVisible();
    await dialog.getByRole('button', { name: 'Rotate key' }).click();
    const renewed = withKey(server, await copyAndLeave(page, 'Copy your new secret now'));
    await expect(page.getByRole('row', { name: 'billing-worker' })).toContainText('Old secret ends');

    expect((await old('GET', '/me')).status).toBe(200);
    expect((await renewed('GET', '/me')).status).toBe(200);
    await moveClock(HOUR_MS);
    expect(await old('GET', '/me')).toMatchObject({ status: 401, body: { code: 'api_key_invalid' } });
    expect((await renewed('GET', '/me')).status).toBe(200);
  });
});

test('whoever rotates a key again within the grace is told which secret that ends', async ({ page, server }) => {
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  const first = withKey(server, await createKey(page, 'billing-worker'));
  const dialog = page.getByRole('dialog', { name: 'Rotate billing-worker' });
  const warning = dialog.getByText(
    /^The secret from before the last rotation works until .*\. Rotating again ends it at once\.$/,
  );
  const secrets = [];
  for (const warned of [false, true]) {
    await chooseForKey(page, 'billing-worker', 'Rotate key');
    await expect(dialog.getByText(/^Both secrets work until /)).toBeVisible();
    await expect(warning).toBeVisible({ visible: warned });
    expect((await first('GET', '/me')).status).toBe(200);
    await dialog.getByRole('button', { name: 'Rotate key' }).click();
    secrets.push(withKey(server, await copyAndLeave(page, 'Copy your new secret now')));
  }
  expect((await first('GET', '/me')).status).toBe(401);
  for (const secret of secrets) expect((await secret('GET', '/me')).status).toBe(200);
});

test('an old secret without grace is refused on the next call', async ({ page, server }) => {
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  const old = withKey(server, await createKey(page, 'billing-worker'));
  await chooseForKey(page, 'billing-worker', 'Rotate key');
  await page.getByRole('radio', { name: 'Now' }).check();
  await page.getByRole('button', { name: 'Rotate key' }).click();
  const renewed = withKey(server, await copyAndLeave(page, 'Copy your new secret now'));
  expect((await old('GET', '/me')).status).toBe(401);
  expect((await renewed('GET', '/me')).status).toBe(200);
});

test('a revoked key is refused on the very next call', async ({ page, server }) => {
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  const key = withKey(server, await createKey(page, 'billing-worker'));
  expect((await key('GET', '/me')).status).toBe(200);

  await chooseForKey(page, 'billing-worker', 'Revoke key');
  const question = page.getByRole('alertdialog', { name: 'Revoke billing-worker?' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(question).toContainText('Requests with it fail at once');
  const answered = page.waitForResponse(/apiKeys\.revoke/);
  await question.getByRole('button', { name: 'Revoke key' }).click();
  await answered;
  expect(await key('GET', '/me')).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  await expect(page.getByRole('row', { name: 'billing-worker' })).toContainText('Revoked');
});

test('an admin makes a service account and a key of its own, and finds it among everybody’s', async ({
  page,
  server,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/console/service-accounts');
  await page.getByRole('button', { name: 'Create service account' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('nightly-export');
  await page.getByRole('dialog').getByRole('button', { name: 'Create service account' }).click();
  await expect(page.getByRole('heading', { name: 'nightly-export', level: 1 })).toBeVisible();

  await page.goto('/console/api-keys');
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('export-cron');
  await dialog.getByRole('radio', { name: 'A service account' }).check();
  await dialog.getByRole('combobox', { name: 'Service account' }).fill('nightly');
  await page.getByRole('option', { name: 'nightly-export' }).click();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const key = withKey(server, await copyAndLeave(page, 'Copy your key now'));
  expect(await key('GET', '/me')).toMatchObject({ status: 200, body: { kind: 'service', name: 'nightly-export' } });

  await page.getByRole('searchbox').fill('nightly');
  await expect(page).toHaveURL(/[?&]q=nightly/);
  await expect(page.getByRole('row', { name: 'export-cron' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('nightly');
  await page.getByRole('searchbox').fill('nothing like it');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
});

test('an account with many keys shows the newest, and leads to all of them and from there to everybody’s', async ({
  page,
  admin,
}) => {
  const { body } = await admin<{ id: string }>('POST', '/service-accounts', { name: 'busy', roles: ['admin'] });
  const make = (name: string, accountId?: string) =>
    admin('POST', '/api-keys', { name, permissions: ['users:read'], accountId });
  for (let made = 1; made <= 9; made += 1) await make(`night-${made}`, body.id);
  await make('mine');
  await signIn(page, ADMIN);
  await page.goto(`/console/service-accounts/${body.id}`);
  const keys = page.getByRole('table', { name: 'API keys' }).getByRole('link', { name: /^night-/ });
  await expect(keys).toHaveCount(8);
  await expect(keys.first()).toHaveText('night-9');
  await page.getByRole('link', { name: 'See all keys of this account' }).click();
  await expect(keys).toHaveCount(9);
  await expect(page.getByText('Only the keys of busy.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'mine' })).toBeHidden();
  await page.getByRole('button', { name: 'Show everybody’s' }).click();
  await expect(page.getByRole('link', { name: 'mine' })).toBeVisible();
});

test('a key can give nothing that its maker lacks', async ({ page, admin, newBrowser }) => {
  const member = { email: 'grace@example.com', password: 'a ship in port is safe' };
  await admin('POST', '/users', { ...member, name: 'Grace Hopper' });
  await page.close();
  const hers = await newBrowser();
  await signIn(hers, member);
  await hers.goto('/account/api-keys');
  await hers.getByRole('button', { name: 'Create API key' }).first().click();
  await hers.getByRole('radio', { name: 'Choose' }).check();
  const lacking = hers.getByRole('checkbox', { name: 'users:write' });
  await expect(lacking).toBeDisabled();
  await expect(lacking).toHaveAccessibleDescription("You can't give this: your role has no users:write.");
});

test('a service account without a role says why it gets no key, and leads to giving it one', async ({
  page,
  admin,
}) => {
  await admin('POST', '/service-accounts', { name: 'nightly-export', roles: [] });
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('export');
  await dialog.getByRole('radio', { name: 'A service account' }).check();
  await dialog.getByRole('combobox', { name: 'Service account' }).fill('nightly');
  await page.getByRole('option', { name: 'nightly-export' }).click();
  await expect(dialog.getByText('nightly-export has no role, so that a key of its could do nothing.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(dialog.getByText('Give it a role first, or choose another one.')).toBeVisible();
  await dialog.getByRole('link', { name: 'Give it a role' }).click();
  await expect(page.getByRole('heading', { name: 'nightly-export' })).toBeVisible();
  const create = page.getByRole('main').getByRole('button', { name: 'Create API key' });
  await expect(create).toHaveAccessibleDescription(/It has no role/);
  await page.getByRole('button', { name: 'Change roles' }).click();
  await page.getByRole('checkbox', { name: 'auditor' }).check();
  await page.getByRole('dialog').getByRole('button', { name: /roles/i }).click();
  await expect(create).not.toHaveAccessibleDescription(/It has no role/);
});
