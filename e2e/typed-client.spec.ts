import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import openapiTS, { astToString } from 'openapi-typescript';

import { ADMIN, expect, test } from './fixtures.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const CLIENT = `
import createClient from 'openapi-fetch';
import type { components, paths } from './paths.ts';

const [, , server = '', key = ''] = process.argv;
const latchkey = createClient<paths>({ baseUrl: \`\${server}/api/v1\`, headers: { 'x-api-key': key } });
const me = await latchkey.GET('/me');
const id: components['schemas']['User']['id'] = 'acc_' + '0'.repeat(22);
const user = await latchkey.GET('/users/{id}', { params: { path: { id } } });
const page = await latchkey.GET('/users', { params: { query: { limit: 1, status: 'active' } } });
const first: string | undefined = page.data?.items[0]?.email;
const code: 'not_found' | undefined = user.response.status === 404 ? user.error?.code as 'not_found' : undefined;
console.log(JSON.stringify({ email: me.data?.email, code, first }));

export const mistakes = () => [
  // @ts-expect-error: A person has no such field.
  me.data?.nothing,
  // @ts-expect-error: A limit is a number.
  latchkey.GET('/users', { params: { query: { limit: 'many' } } }),
  // @ts-expect-error: A key needs a name.
  latchkey.POST('/api-keys', { body: { permissions: [] } }),
  // @ts-expect-error: There is no such operation.
  latchkey.DELETE('/users'),
];
`;

const TSCONFIG = { extends: join(ROOT, 'tsconfig.base.json'), include: ['.'] };

test('a typed client is made of the document, compiles, and talks to the server', async ({ server, admin }, info) => {
  const folder = info.outputPath('client');
  await mkdir(folder);
  const answer = await fetch(`${server.url}/api/v1/openapi.json`);
  await writeFile(join(folder, 'paths.ts'), astToString(await openapiTS(await answer.text())));
  await writeFile(join(folder, 'client.ts'), CLIENT);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const compiled = await run(process.execPath, [TSC, '-p', folder, '--noEmit']).catch((error: unknown) => error);
  expect(compiled).toMatchObject({ stdout: '', stderr: '' });

  const { body } = await admin<{ secret: string }>('POST', '/api-keys', { name: 'typed', permissions: ['users:read'] });
  const { stdout } = await run(process.execPath, [join(folder, 'client.ts'), server.url, body.secret]);
  expect(JSON.parse(stdout)).toEqual({ email: ADMIN.email, code: 'not_found', first: ADMIN.email });
});
