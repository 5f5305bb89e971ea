import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { ensureProgram } from '@latchkey/testkit/programs';

import { ADMIN, expect, test } from './fixtures.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const ADDRESS_IN_README = 'http://localhost:3000';

test.use({ hasAdmin: false });
test.skip(() => ensureProgram('curl') === null, 'There is no curl.');

test("the first five minutes of the README's reader end with the answer that it promises", async ({ page, server }) => {
  const link = await server.setupLink();
  expect(README).toContain(`Finish setup: ${link.replace(server.url, ADDRESS_IN_README).replace(/#.*/, '#…')}`);
  await page.goto(link);
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Create admin' }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Copy', exact: true }).click();
  const secret = await page.evaluate(() => navigator.clipboard.readText());

  const [command = ''] = /^curl .*\/api\/v1\/me$/m.exec(README) ?? [];
  const asWritten = command.replace(ADDRESS_IN_README, server.url);
  const { stdout } = await promisify(execFile)('sh', ['-c', asWritten], { env: { ...process.env, KEY: secret } });
  expect(JSON.parse(stdout)).toMatchObject({ email: ADMIN.email, roles: ['admin'], credential: { kind: 'api_key' } });
});
