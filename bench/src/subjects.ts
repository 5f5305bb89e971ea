import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { call, requestText } from './http.ts';
import type { LoadRequest } from './load-job.ts';
import type { Command, RunningProgram } from './program.ts';
import { PASSWORD, personEmail } from './sample.ts';

/** One kind of request to one server. */
export type Row = {
  /** `jwt first: Latchkey`. Rows of one kind are set against each other. */
  kind: Kind;
  connections: number;
  /** Made anew before each run: cookies and tokens are short-lived. */
  requests(running: RunningProgram, seconds: number): Promise<readonly LoadRequest[]>;
};

export type Kind = 'open' | 'jwt' | 'jwt-first' | 'key' | 'cookie' | 'sign-in' | 'token' | 'introspection';

export type Subject = {
  name: string;
  command: Command;
  readyPath: string;
  rows: readonly Row[];
};

export const CONNECTIONS = 64;
export const SIGN_INS = 8;

const PEERS = join(import.meta.dirname, '../peers');
const PYTHON = '/usr/bin/python3';
const PYTHON_PACKAGES = ['fastapi', 'uvicorn', 'uvloop', 'httptools', 'jwt', 'bcrypt', 'itsdangerous'];

type Credentials = { jwt: string; key: string };

async function credentialsOf({ port }: RunningProgram): Promise<Credentials> {
  return JSON.parse((await call(port, 'GET', '/credentials')).body) as Credentials;
}

function get(kind: Kind, path: string, headersOf: (running: RunningProgram) => Promise<Record<string, string>>): Row {
  return {
    kind,
    connections: CONNECTIONS,
    async requests(running) {
      const holds = kind === 'open' ? '"signUpOpen":false' : '"email":"person-0@bench.test"';
      return [{ text: requestText('GET', path, { headers: await headersOf(running) }), holds }];
    },
  };
}

const SIGN_IN_BODY = { email: personEmail(0), password: PASSWORD };

const openRow = (path: string) => get('open', path, async () => ({}));
const jwtRow = (path: string) =>
  get('jwt', path, async (running) => ({ authorization: `Bearer ${(await credentialsOf(running)).jwt}` }));
const keyRow = (path: string) =>
  get('key', path, async (running) => ({ 'x-api-key': (await credentialsOf(running)).key }));
const cookieRow = (path: string, signInPath: string) =>
  get('cookie', path, async ({ port }) => ({
    cookie: (await call(port, 'POST', signInPath, { body: SIGN_IN_BODY })).cookie,
  }));
const signInRow = (path: string): Row => ({
  kind: 'sign-in',
  connections: SIGN_INS,
  requests: async () => [{ text: requestText('POST', path, { body: SIGN_IN_BODY }), holds: '"person-0@bench.test"' }],
});

export type Client = { clientId: string; clientSecret: string };

/** What a program asks an OAuth 2 server: a token for itself, and what such a token is worth. */
export function clientRows(clientOf: (running: RunningProgram, kind: Kind) => Promise<Client>): Row[] {
  const asking = (path: string, client: Client, form: Record<string, string>): string =>
    requestText('POST', path, { headers: basic(client), body: new URLSearchParams(form) });
  return [
    {
      kind: 'token',
      connections: CONNECTIONS,
      async requests(running) {
        const text = asking('/oauth/token', await clientOf(running, 'token'), FOR_ITSELF);
        return [{ text, holds: '"access_token":"eyJ' }];
      },
    },
    {
      kind: 'introspection',
      connections: CONNECTIONS,
      async requests(running) {
        const client = await clientOf(running, 'introspection');
        const token = await tokenFor(running, client);
        return [{ text: asking('/oauth/introspect', client, { token }), holds: '"active":true' }];
      },
    },
  ];
}

const FOR_ITSELF = { grant_type: 'client_credentials' };

async function tokenFor({ port }: RunningProgram, client: Client): Promise<string> {
  const asked = { headers: basic(client), body: new URLSearchParams(FOR_ITSELF) };
  const { body } = await call(port, 'POST', '/oauth/token', asked);
  return (JSON.parse(body) as { access_token: string }).access_token;
}

function basic({ clientId, clientSecret }: Client): Record<string, string> {
  return { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` };
}

function nodePeer(name: string, file: string, readyPath: string, rows: readonly Row[]): Subject {
  return { name, command: { command: process.execPath, args: () => [join(PEERS, file)] }, readyPath, rows };
}

const NODE_PEERS: readonly Subject[] = [
  nodePeer('node:http', 'node-http.js', '/', [openRow('/')]),
  nodePeer('Fastify', 'fastify.js', '/', [openRow('/')]),
  nodePeer('tRPC, stock adapter', 'stock-trpc.js', '/credentials', [
    openRow('/trpc/server.info'),
    jwtRow('/trpc/me.get'),
  ]),
  nodePeer('Express', 'express.js', '/', [
    jwtRow('/jwt'),
    keyRow('/key'),
    cookieRow('/cookie', '/sign-in'),
    signInRow('/sign-in'),
  ]),
  nodePeer('better-auth', 'better-auth.js', '/', [
    keyRow('/key'),
    cookieRow('/api/auth/get-session', '/sign-in'),
    signInRow('/sign-in'),
  ]),
  nodePeer(
    'oidc-provider in memory',
    'oidc-provider.js',
    '/.well-known/openid-configuration',
    clientRows(async (_running, kind) => ({
      clientId: kind === 'token' ? 'jwt' : 'opaque',
      clientSecret: 'a secret of at least thirty-two bytes',
    })),
  ),
  nodePeer('better-auth, in a handler', 'better-auth.js', '/', [cookieRow('/cookie', '/sign-in')]),
];

const FASTAPI: Subject = {
  name: 'FastAPI',
  command: {
    command: PYTHON,
    args: (port) =>
      `-m uvicorn fastapi_articles:app --port ${port} --loop uvloop --http httptools --no-access-log --log-level warning`.split(
        ' ',
      ),
    cwd: PEERS,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  },
  readyPath: '/',
  rows: [jwtRow('/jwt'), keyRow('/key'), cookieRow('/cookie/me', '/cookie/sign-in'), signInRow('/cookie/sign-in')],
};

/** The peers that can be had here. `say` tells which can't. */
export function findPeers(say: (text: string) => void): Subject[] {
  installNodePeers(say);
  if (hasFastApi()) return [...NODE_PEERS, FASTAPI];
  say(
    'Without FastAPI: Debian has it in python3-fastapi uvicorn python3-uvloop python3-httptools python3-jwt python3-bcrypt python3-itsdangerous.',
  );
  return [...NODE_PEERS];
}

/** From their own lock file, so that nothing of theirs is ever installed for the product. Takes a moment when all is there. */
function installNodePeers(say: (text: string) => void): void {
  if (!existsSync(join(PEERS, 'node_modules/.modules.yaml'))) say('Installing the peers …');
  const install = spawnSync('npx', ['-y', 'pnpm', 'install', '--frozen-lockfile'], {
    cwd: PEERS,
    stdio: ['ignore', 'ignore', 2],
  });
  if (install.status !== 0) throw new Error('The peers could not be installed.', { cause: install.error });
}

function hasFastApi(): boolean {
  const imports = `import ${PYTHON_PACKAGES.join(', ')}`;
  return existsSync(PYTHON) && spawnSync(PYTHON, ['-c', imports], { stdio: 'ignore' }).status === 0;
}
