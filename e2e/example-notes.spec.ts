import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { freePort } from '@latchkey/testkit/free-port';
import { NOTES } from '@latchkey/testkit/notes';

import { ADMIN, expect, signIn, test as base } from './fixtures.ts';
import { chooseForKey } from './key-dialog.ts';

const EXAMPLE = fileURLToPath(new URL('../apps/example-notes/src/main.ts', import.meta.url));

const test = base.extend<{ notesUrl: string }>({
  /** Somebody else's server, which trusts this journey's. */
  notesUrl: async ({ server, admin }, use) => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    await admin('POST', '/resources', { ...NOTES, audience: url });
    const own = { name: 'notes-service', permissions: ['api_keys:verify'] };
    const { body } = await admin<{ secret: string }>('POST', '/api-keys', own);
    const env = { PATH: process.env['PATH'], PORT: String(port), LATCHKEY_URL: server.url, NOTES_KEY: body.secret };
    const example = spawn(process.execPath, [EXAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(example.stdout, 'data');
    await use(url);
    example.kill();
    await once(example, 'exit');
  },
});

test('a key revoked in the browser opens nothing more at somebody else’s server, and none does while Latchkey is away', async ({
  page,
  server,
  admin,
  notesUrl,
}) => {
  const newKey = async (name: string) => {
    const { body } = await admin<{ secret: string }>('POST', '/api-keys', { name, permissions: ['notes:read'] });
    return body.secret;
  };
  const notes = async (key: string) => {
    const answer = await fetch(`${notesUrl}/notes`, { headers: { 'x-api-key': key } });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  const [reader, other] = [await newKey('notes-reader'), await newKey('notes-other')];
  expect([await notes(reader), await notes(other)]).toEqual([
    [200, undefined],
    [200, undefined],
  ]);

  await signIn(page, ADMIN);
  await page.goto('/account/api-keys');
  await chooseForKey(page, 'notes-reader', 'Revoke key');
  const answered = page.waitForResponse(/apiKeys\.revoke/);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
  await answered;
  expect([await notes(reader), await notes(other)]).toEqual([
    [401, 'api_key_revoked'],
    [200, undefined],
  ]);

  await page.close();
  await server.stop();
  expect(await notes(other)).toEqual([503, 'latchkey_unavailable']);
});
