import { ADMIN, expect, signIn, test } from './fixtures.ts';
import { createKey } from './key-dialog.ts';
import { withKey } from './rest.ts';

const DAY_MS = 86_400_000;

type Made = { secret: string; apiKey: { id: string } };

test('a key’s calls are seen on its page, denied ones too, and what none of them needed is taken away by one press', async ({
  page,
  server,
}) => {
  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  const call = withKey(server, await createKey(page, 'billing-worker'));
  for (let calls = 0; calls < 3; calls += 1) expect((await call('GET', '/users')).status).toBe(200);
  for (let calls = 0; calls < 2; calls += 1) {
    expect((await call('POST', '/users', { email: 'eve@example.com' })).status).toBe(403);
  }

  await page.getByRole('link', { name: 'billing-worker' }).click();
  // What was counted is written once a second.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('5 calls in the last 30 days, 2 of them denied.')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const chart = page.getByRole('img', { name: 'Calls by the day.' });
  await expect(chart.locator('[data-series=ok]')).toHaveCount(1);
  await expect(chart.locator('[data-series=denied]')).toHaveCount(1);
  const procedures = page.getByRole('table', { name: 'Calls by procedure' });
  await expect(procedures.getByRole('row', { name: 'users.list' }).getByRole('cell')).toHaveText([
    '3',
    '0',
    '0',
    '0',
    '3',
  ]);
  await expect(procedures.getByRole('row', { name: 'users.create' }).getByRole('cell')).toHaveText([
    '0',
    '2',
    '0',
    '0',
    '2',
  ]);
  await expect(procedures.getByRole('row', { name: 'Together' }).getByRole('cell')).toHaveText([
    '3',
    '2',
    '0',
    '0',
    '5',
  ]);

  expect((await call('GET', '/roles')).status).toBe(200);
  await page.reload();
  await expect(page.getByText(/none of its \d+ calls? since then would have been denied/)).toBeVisible();
  await page.getByRole('button', { name: /^Take \d+ permissions away$/ }).click();
  await expect(page.getByText(/^Took \d+ permissions away\.$/)).toBeVisible();
  expect(await call('GET', '/audit')).toMatchObject({ status: 403, body: { code: 'permission_missing' } });
  expect((await call('GET', '/users')).status).toBe(200);
});

test('a key over its rate gets 429 and hears how long to wait, while another doesn’t feel it', async ({
  page,
  server,
  admin,
}) => {
  const made = async (name: string) =>
    (await admin<Made>('POST', '/api-keys', { name, permissions: ['users:read'] })).body;
  const [hasty, other] = [await made('hasty'), await made('other')];
  const call = ({ secret }: Made) => fetch(`${server.url}/api/v1/users`, { headers: { 'x-api-key': secret } });

  await signIn(page, ADMIN);
  await page.goto(`/account/api-keys/${hasty.apiKey.id}`);
  await page.getByRole('button', { name: 'Change limits' }).click();
  const dialog = page.getByRole('dialog', { name: 'Limits of hasty' });
  await dialog.getByLabel('Requests').fill('3');
  await dialog.getByLabel('In', { exact: true }).selectOption('an hour');
  await dialog.getByRole('button', { name: 'Save limits' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('3 requests an hour')).toBeVisible();

  for (let calls = 0; calls < 3; calls += 1) expect((await call(hasty)).status).toBe(200);
  const refused = await call(hasty);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
  expect((await call(other)).status).toBe(200);
});

test('a key works from its networks alone, IPv6 among them, and a block that is none is refused', async ({
  page,
  server,
  admin,
}) => {
  const { body } = await admin<Made>('POST', '/api-keys', { name: 'branch-office', permissions: ['users:read'] });
  const call = withKey(server, body.secret);
  await signIn(page, ADMIN);
  await page.goto(`/account/api-keys/${body.apiKey.id}`);
  const networks = async (text: string) => {
    await page.getByRole('button', { name: 'Change limits' }).click();
    await page.getByRole('dialog').getByLabel('Networks').fill(text);
    await page.getByRole('button', { name: 'Save limits' }).click();
  };
  await networks('2001:db8::/129');
  await expect(page.getByRole('dialog').getByLabel('Networks')).toHaveAccessibleDescription(
    /Use an address or a block, such as 10\.0\.0\.0\/8\./,
  );
  await page.keyboard.press('Escape');
  await networks('2001:db8::/32\n10.0.0.0/8');
  await expect(page.getByText('2001:db8::/32, 10.0.0.0/8')).toBeVisible();
  expect((await call('GET', '/users')).status).toBe(403);
  await networks('127.0.0.0/8\n::1');
  await expect(page.getByText('127.0.0.0/8, ::1')).toBeVisible();
  expect((await call('GET', '/users')).status).toBe(200);
});

test('keys that expire soon are found, the soonest first', async ({ page, admin }) => {
  const make = (name: string, days: number) =>
    admin('POST', '/api-keys', { name, permissions: ['users:read'], expiresAtMs: Date.now() + days * DAY_MS });
  await make('ends-first', 2);
  await make('ends-soon', 13);
  await make('goes-on', 30);
  await signIn(page, ADMIN);
  await page.goto('/console/api-keys');
  await expect(page.getByRole('row', { name: 'goes-on' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'Expires within 14 days' }).check();
  await expect(page.getByRole('row', { name: 'goes-on' })).toBeHidden();
  await expect(page.getByRole('row', { name: /ends-/ })).toContainText(['ends-first', 'ends-soon']);
  await page.reload();
  await expect(page.getByRole('checkbox', { name: 'Expires within 14 days' })).toBeChecked();
});

test.describe('after a quarter', () => {
  test.use({ clockMoves: true });

  test('keys that nobody has used are found', async ({ page, server, admin, moveClock }) => {
    const make = (name: string) => admin<Made>('POST', '/api-keys', { name, permissions: ['users:read'] });
    await make('forgotten');
    const { body } = await make('in-use');
    await moveClock(91 * DAY_MS);
    expect((await withKey(server, body.secret)('GET', '/users')).status).toBe(200);
    await signIn(page, ADMIN);
    await page.goto('/console/api-keys');
    await expect(page.getByRole('row', { name: 'in-use' })).toBeVisible();
    await page.getByRole('checkbox', { name: 'Unused for 90 days' }).check();
    await expect(page.getByRole('row', { name: 'forgotten' })).toBeVisible();
    await expect(page.getByRole('row', { name: 'in-use' })).toBeHidden();
  });
});
