import { join } from 'node:path';

import { compose, createLog, readConfig } from '@latchkey/server/compose';

import { call, requestText } from './http.ts';
import type { LoadRequest } from './load-job.ts';
import { ROOT, type RunningProgram } from './program.ts';
import { ADMIN, PASSWORD, PEOPLE, personEmail } from './sample.ts';
import { spreadKeys } from './seed.ts';
import { clientRows, CONNECTIONS, SIGN_INS, type Client, type Row, type Subject } from './subjects.ts';

/** Different keys that are asked with, so that none is remembered by luck. */
const KEYS_USED = 20_000;
/** More than a server on one core can check in a second. */
const FIRST_SEEN_TOKENS_PER_SECOND = 8_000;

export type Latchkey = Subject & { folder: string };

/** Our server as users run it: everything at its default but the port. */
export function latchkey(folder: string, keys: number): Latchkey {
  return {
    name: 'Latchkey',
    folder,
    command: {
      command: process.execPath,
      // As `pnpm start` does.
      args: () => [
        '--min-semi-space-size=4',
        '--max-semi-space-size=16',
        '--import',
        join(ROOT, 'apps/server/loading.js'),
        join(ROOT, 'apps/server/dist/main.js'),
      ],
      env: { LATCHKEY_DATA_DIR: folder },
    },
    readyPath: '/readyz',
    rows: [openRow, jwtRow, firstSeenRow(folder), keyRow(keys), cookieRow, signInRow, ...clientRows(makeApp)],
  };
}

const openRow: Row = {
  kind: 'open',
  connections: CONNECTIONS,
  requests: async () => [{ text: requestText('GET', '/trpc/server.info'), holds: '"signUpOpen":false' }],
};

const jwtRow: Row = {
  kind: 'jwt',
  connections: CONNECTIONS,
  requests: async ({ port }) => [bearing(await tokenOf(port, await signedIn(port)))],
};

/** As many tokens as can be asked with: each is one that the server never saw. */
function firstSeenRow(folder: string): Row {
  return {
    kind: 'jwt-first',
    connections: CONNECTIONS,
    async requests({ port }, seconds) {
      const token = await tokenOf(port, await signedIn(port));
      const tokens = await copiesOf(token, folder, Math.ceil(seconds * FIRST_SEEN_TOKENS_PER_SECOND));
      return tokens.map(bearing);
    },
  };
}

function keyRow(keys: number): Row {
  return {
    kind: 'key',
    connections: CONNECTIONS,
    requests: async () => keyRequests(keys),
  };
}

/** With `used` different keys from all over the table. */
export function keyRequests(keys: number, used = KEYS_USED): LoadRequest[] {
  return spreadKeys(keys, used).map(({ text, id }) => ({
    text: requestText('GET', '/trpc/me.get', { headers: { 'x-api-key': text } }),
    holds: `"id":"${id}"`,
  }));
}

const cookieRow: Row = {
  kind: 'cookie',
  connections: CONNECTIONS,
  async requests({ port }) {
    const { cookie } = await signedIn(port);
    return [{ text: requestText('GET', '/trpc/me.get', { headers: { cookie } }), holds: holdsPerson(0) }];
  },
};

const signInRow: Row = { kind: 'sign-in', connections: SIGN_INS, requests: async () => signInRequests() };

/** Different people, as the limits against guessing count by account. */
export function signInRequests(): LoadRequest[] {
  return Array.from({ length: PEOPLE }, (_, number) => ({
    text: requestText('POST', '/trpc/signIn.password', { body: { email: personEmail(number), password: PASSWORD } }),
    holds: holdsPerson(number),
  }));
}

function holdsPerson(number: number): string {
  return `"email":"${personEmail(number)}"`;
}

export type Session = { cookie: string; sessionId: string; accountId: string };

export async function signedIn(port: number, who = { email: personEmail(0), password: PASSWORD }): Promise<Session> {
  const { body, cookie } = await call(port, 'POST', '/trpc/signIn.password', { body: who });
  const { id, credential } = dataOf(body) as { id: string; credential: { id: string } };
  return { cookie, sessionId: credential.id, accountId: id };
}

export function signedInAdmin(port: number): Promise<Session> {
  return signedIn(port, ADMIN);
}

export async function tokenOf(port: number, session: Session): Promise<string> {
  const { accessToken } = (await mutate(port, session, 'tokens.create', { ttlSeconds: 900 })) as {
    accessToken: string;
  };
  return accessToken;
}

export async function mutate(port: number, session: Session, path: string, input: object): Promise<unknown> {
  const { body } = await call(port, 'POST', `/trpc/${path}`, { headers: ownOrigin(port, session), body: input });
  return dataOf(body);
}

/** A change that a cookie carries must say that it comes from the server's own pages. */
export function ownOrigin(port: number, { cookie }: Session): Record<string, string> {
  return { cookie, origin: `http://localhost:${port}` };
}

function dataOf(body: string): unknown {
  return (JSON.parse(body) as { result: { data: unknown } }).result.data;
}

export function bearing(token: string): LoadRequest {
  return {
    text: requestText('GET', '/trpc/me.get', { headers: { authorization: `Bearer ${token}` } }),
    holds: holdsPerson(0),
  };
}

async function makeApp({ port }: RunningProgram): Promise<Client> {
  const asked = { name: 'Bench', grants: ['client_credentials'], scopes: ['api_keys:read'] };
  return (await mutate(port, await signedInAdmin(port), 'apps.create', asked)) as Client;
}

/** The same token under other ids, signed by the server's own key. */
async function copiesOf(token: string, folder: string, count: number): Promise<string[]> {
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const { typ } = JSON.parse(header) as { typ: string };
  const claims = JSON.parse(payload) as Parameters<typeof signingKeys.sign>[0]['claims'];
  const { signingKeys, close } = await compose({
    config: readConfig({ LATCHKEY_DATA_DIR: folder }),
    log: createLog('error'),
  });
  const tokens: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const jti = `${String(number).padStart(6, '0')}${claims.jti.slice(6)}`;
    tokens.push(await signingKeys.sign({ typ, claims: { ...claims, jti } }));
  }
  await close();
  return tokens;
}
