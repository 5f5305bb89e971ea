import { createServer } from 'node:http';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import Database from 'better-sqlite3';

import { PERSON, port } from './common.js';

/**
 * SQLite on disk, the API key plugin, the cookie cache, no limits: its own routes at `/api/auth`, and its functions called in
 * handlers of plain node:http.
 */

const file = join(tmpdir(), `bench-better-auth-${process.pid}.sqlite`);
const database = new Database(file);
database.pragma('journal_mode = WAL');
const options = {
  database,
  baseURL: `http://localhost:${port}`,
  secret: 'a secret of at least thirty-two bytes',
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: true, maxAge: 300 } },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);

const { user } = await auth.api.signUpEmail({ body: PERSON });
const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: 'bench', rateLimitEnabled: false } });

const ROUTES = {
  'GET /cookie': async (request) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    return found ? { email: found.user.email } : null;
  },
  'GET /key': async (request) => {
    const { valid, key: found } = await auth.api.verifyApiKey({ body: { key: request.headers['x-api-key'] } });
    return valid ? { id: found.id, email: PERSON.email } : null;
  },
  'GET /credentials': async () => ({ key }),
  'GET /': async () => ({ status: 'ok' }),
};

async function signIn(request, response) {
  const signedIn = await auth.api.signInEmail({ body: JSON.parse(await text(request)), asResponse: true });
  for (const cookie of signedIn.headers.getSetCookie()) response.appendHeader('set-cookie', cookie);
  return signedIn.ok ? signedIn.json() : null;
}

async function answer(request, response) {
  const name = `${request.method} ${request.url}`;
  const body = name === 'POST /sign-in' ? await signIn(request, response) : await ROUTES[name]?.(request);
  const content = JSON.stringify(body ?? { detail: 'refused' });
  response.writeHead(body ? 200 : 401, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

const ownRoutes = toNodeHandler(auth);

createServer((request, response) => {
  if (request.url.startsWith('/api/auth/')) void ownRoutes(request, response);
  else void answer(request, response);
}).listen(port, '127.0.0.1');

process.on('SIGTERM', () => {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  process.exit();
});
