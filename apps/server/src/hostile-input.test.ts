import { PROBLEMS, type ProblemBody } from '@latchkey/schemas';
import {
  callRest,
  callWithText,
  openTestServer,
  proceduresOf,
  type Caller,
  type Procedure,
  type RawAnswer,
  type TestServer,
} from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { HOUR_MS } from './time/index.ts';

let server: TestServer;
let admin: Caller;
let samples: Record<string, unknown>;
let procedures: Procedure[];
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
  samples = await makeSamples();
  procedures = proceduresOf(server.router);
});
afterAll(() => server.close());

/** A value that each field takes, by its name; where that isn't enough, by the procedure's router or the procedure as well. */
async function makeSamples(): Promise<Record<string, unknown>> {
  const { user } = await admin.api.users.create.mutate({ email: 'sample@example.com' });
  const service = await admin.api.serviceAccounts.create.mutate({ name: 'sample' });
  const { apiKey, secret } = await admin.api.apiKeys.create.mutate({ name: 'sample', permissions: [] });
  const notes = { name: 'Notes', audience: 'https://notes.example.com' };
  const resource = await admin.api.resources.create.mutate(notes);
  const { app } = await admin.api.apps.create.mutate({ name: 'sample', redirectUris: ['https://app.example.com/cb'] });
  const { body: refused } = await server.stranger().with({ 'x-api-key': secret }).rest<ProblemBody>('GET', '/users');
  const elsewhere = await server.admin();
  const sessionId = (await elsewhere.api.me.get.query()).credential.id;
  const never = (id: string) => id.replace(/.{22}$/, '0'.repeat(22));
  return {
    'users.id': user.id,
    'userSessions.id': user.id,
    'serviceAccounts.id': service.id,
    'apiKeys.id': apiKey.id,
    ids: [apiKey.id],
    'resources.id': resource.id,
    'resources.permissions': [{ name: 'samples:read', description: 'A sample' }],
    'resources.preview.permissions': ['api_keys:read'],
    takeFromHolders: false,
    'denials.id': refused.denialId,
    'sessions.id': never(sessionId),
    'alerts.id': `alr_${'0'.repeat(22)}`,
    'alerts.status': 'open',
    code: '123456',
    enrolment: 's1.sample',
    sessionId: never(sessionId),
    token: 'a'.repeat(43),
    email: 'new@example.com',
    name: 'sample',
    'roles.name': 'sample',
    description: 'A sample',
    password: 'a wrong password',
    currentPassword: 'a wrong password',
    newPassword: 'a new password',
    audience: 'https://notes.example.com',
    permissions: ['api_keys:read'],
    permission: 'users:read',
    ttlSeconds: 60,
    expiresAtMs: server.clock.now() + HOUR_MS,
    expiresBeforeMs: server.clock.now(),
    allowQuery: false,
    ipAllowList: ['10.0.0.0/8'],
    rateLimit: { limit: 5, windowSeconds: 60 },
    accountId: service.id,
    apiKeyId: apiKey.id,
    missing: 'users:read',
    procedure: 'users.list',
    graceSeconds: 0,
    key: secret,
    ip: '10.0.0.1',
    cursor: Buffer.from('1.x').toString('base64url'),
    limit: 10,
    q: 'sample',
    status: 'active',
    roles: ['member'],
    disabled: false,
    signUpOpen: false,
    verifiedOnly: false,
    describedAppsAllowed: true,
    forwardAuthOrigins: ['https://notes.example.com'],
    'apps.id': app.id,
    'apps.scopes': ['users:read'],
    'consent.id': 'a'.repeat(43),
    'grants.id': `gra_${'0'.repeat(22)}`,
    'passkeys.id': `pky_${'0'.repeat(22)}`,
    'userFactors.id': user.id,
    passkey: { id: 'AA', clientDataJSON: 'AA', authenticatorData: 'AA', signature: 'AA' },
    'passkeys.passkey': { id: 'AA', clientDataJSON: 'AA', attestationObject: 'AA' },
    'signIn.addPasskey.passkey': { id: 'AA', clientDataJSON: 'AA', attestationObject: 'AA' },
    secondFactorFromMs: 9_999_999_999_999,
    trustDevice: false,
    userCode: 'BCDF-GHJK',
    allow: false,
    kind: 'web',
    redirectUris: ['https://app.example.com/callback'],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: null,
    grants: ['authorization_code'],
    public: false,
    firstParty: false,
    jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
    act: 'session.created',
    actorId: user.id,
    targetId: user.id,
    fromMs: 0,
    untilMs: 9_999_999_999_999,
  };
}

/** Calls that end the caller's session or change their password have no fields, or wrong ones here. */
function sampleOf({ path, fields }: Procedure): Record<string, unknown> {
  const [feature] = path.split('.');
  const entries = Object.keys(fields).map((name) => [
    name,
    samples[`${path}.${name}`] ?? samples[`${feature}.${name}`] ?? samples[name],
  ]);
  return Object.fromEntries(entries);
}

/** A refusal by a code of the table, with the table's status, whole and without a stack. */
function isOrderly({ status, problem, body }: RawAnswer): boolean {
  if (problem === null) return status < 300 && body !== undefined;
  const known = PROBLEMS[problem.code];
  return known.status === status && status >= 400 && status < 500 && !/node_modules|\.ts:\d/.test(JSON.stringify(body));
}

const codeOf = (answer: RawAnswer) => (isOrderly(answer) ? (answer.problem?.code ?? 'done') : answer);

/** By both ways, where there are two. */
async function callBoth(procedure: Procedure, input: Record<string, unknown>): Promise<RawAnswer[]> {
  const answers = [await callWithText(admin, procedure, JSON.stringify(input))];
  if (procedure.rest) answers.push(await callRest(admin, procedure.rest, input));
  return answers;
}

/** Asks every procedure all of it, and gives what came out otherwise than expected. */
async function surprises(
  ask: (procedure: Procedure) => AsyncGenerator<{ what: string; answer: RawAnswer; expected: readonly string[] }>,
): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const procedure of procedures) {
    for await (const { what, answer, expected } of ask(procedure)) {
      const code = codeOf(answer);
      if (typeof code !== 'string' || !expected.includes(code)) found.push([procedure.path, what, code]);
    }
  }
  return found;
}

const LONG = 'x'.repeat(90_000);
/** What no field of any procedure takes, whatever its type. */
const POISON: Record<string, unknown> = {
  'an object': {},
  'a list of objects': [{}],
  'a list in lists': [[['x']]],
  'an object like a query': { $gt: '' },
  'an object like a string': { length: 5, toString: 'x' },
  'a fraction': 1.5,
  'a number below zero': -1,
  'a huge number': 1e308,
  'a list of thousands': Array.from({ length: 5_000 }, () => 'x'),
  'a list of 90 kB': [LONG],
  'a list of NULs': ['\0'],
  'a list of half characters': ['\uDC00'],
  'text of 90 kB': LONG,
  'text with a NUL': 'a\0b',
  'half a character': 'x\uD800y',
  'the other half': 'y\uDFFF',
  'a line break and a header': 'a\r\nSet-Cookie: x=y',
  'a bell': '\u0007',
};

/** What is only compared: any text may be offered, and is wrong as ever. A text that is too long isn't even compared. */
const ONLY_COMPARED = new Set(['signIn.password.email', 'password', 'currentPassword', 'key', 'code']);
/** A new password may hold line breaks and bells. */
const NEW_PASSWORDS = new Set(['users.create.password', 'newPassword', 'password']);
const HARMLESS_AFTER_ALL = [
  'done',
  'sign_in_failed',
  'sign_in_over',
  'state_conflict',
  'rate_limited',
  'sign_up_closed',
  'link_used',
  'email_taken',
];

function expectedOf({ path }: Procedure, name: string, label: string): readonly string[] {
  const isText = typeof POISON[label] === 'string' && POISON[label] !== LONG;
  const isIn = (names: ReadonlySet<string>) => names.has(name) || names.has(`${path}.${name}`);
  const isTaken = isText && (isIn(ONLY_COMPARED) || (isIn(NEW_PASSWORDS) && /bell|line break/.test(label)));
  return isTaken ? ['input_invalid', ...HARMLESS_AFTER_ALL] : ['input_invalid'];
}

/** Whole inputs that are no input of any procedure. */
const BROKEN: Record<string, string> = {
  null: 'null',
  list: '[]',
  'list with an object': '[{}]',
  text: '"text"',
  number: '7',
  truth: 'true',
  'half an object': '{',
  'no JSON': "{'a':1}",
  NaN: 'NaN',
  'two values': '{}{}',
  'a byte order mark': '\uFEFF{}',
  'a raw NUL': '{"a":"\0"}',
  'a field that is unknown': '{" ":1}',
  '1,000 lists': `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
  '20,000 lists': `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '5,000 objects': `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  'lists that never end': '['.repeat(50_000),
};

/** [B29] Fields that reach prototypes in careless code; as text, since JavaScript itself would treat them. */
const PROTOTYPES = [
  '"__proto__":{"roles":["admin"],"admin":true}',
  '"__proto__":null',
  '"constructor":{"prototype":{"admin":true}}',
  '"prototype":{"admin":true}',
  '"\\u005f_proto__":{"admin":true}',
  '"toString":"x"',
  '"hasOwnProperty":true',
];

describe('every procedure', () => {
  it('has a sample for each of its fields', async () => {
    const missing = procedures.flatMap((procedure) => {
      const sample = sampleOf(procedure);
      const bad = Object.keys(procedure.fields).filter(
        (name) => !procedure.fields[name]!.safeParse(sample[name]).success,
      );
      return bad.map((name) => `${procedure.path}.${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('refuses what is no input at all', async () => {
    const found = await surprises(async function* ask(procedure) {
      const expected = ['input_invalid', 'request_malformed'];
      for (const [what, text] of Object.entries(BROKEN)) {
        yield { what, answer: await callWithText(admin, procedure, text), expected };
      }
    });
    expect(found).toEqual([]);
  });

  it('names the field that is missing, null, or not its own, such as a column to sort by [B30]', async () => {
    const found = await surprises(async function* ask(procedure) {
      const sample = sampleOf(procedure);
      const expected = ['input_invalid'];
      for (const [name, schema] of Object.entries(procedure.fields)) {
        const { [name]: _, ...others } = sample;
        const inputs = [
          ...(schema.safeParse(undefined).success ? [] : [others]),
          ...(schema.safeParse(null).success ? [] : [{ ...sample, [name]: null }]),
        ];
        for (const input of inputs) {
          const answer = await callWithText(admin, procedure, JSON.stringify(input));
          yield { what: `${name} ${input === others ? 'missing' : 'null'}`, answer, expected };
          const paths = answer.problem?.issues?.map(({ path }) => path);
          if (!paths?.includes(name)) yield { what: `issues of ${name}`, answer, expected: [] };
        }
      }
      for (const name of ['unknown', 'userId', 'isAdmin', '$where', 'sort', 'orderBy', '']) {
        for (const answer of await callBoth(procedure, { ...sample, [name]: 'x' })) {
          yield { what: `field ${name}`, answer, expected };
        }
      }
    });
    expect(found).toEqual([]);
  });

  it('refuses poison in each field: wrong types, NUL, half characters, huge texts [B25]', async () => {
    const found = await surprises(async function* ask(procedure) {
      const sample = sampleOf(procedure);
      for (const name of Object.keys(procedure.fields)) {
        for (const [label, value] of Object.entries(POISON)) {
          const expected = expectedOf(procedure, name, label);
          const input = { ...sample, [name]: value };
          yield {
            what: `${name}: ${label}`,
            answer: await callWithText(admin, procedure, JSON.stringify(input)),
            expected,
          };
          if (!procedure.rest) continue;
          // In a path, poison is no route; in a query, every value is a text, and some texts are numbers.
          const overRest = [...expected, 'not_found', 'done'];
          const answer = await callRest(admin, procedure.rest, input);
          yield {
            what: `REST ${name}: ${label}`,
            answer,
            expected: /GET|DELETE/.test(procedure.rest.method) ? overRest : [...expected, 'not_found'],
          };
        }
      }
    });
    expect(found).toEqual([]);
  }, 90_000);

  it('refuses names that reach prototypes, and has none of their effects [B29]', async () => {
    const found = await surprises(async function* ask(procedure) {
      const sample = JSON.stringify(sampleOf(procedure)).slice(1, -1);
      for (const poison of PROTOTYPES) {
        const expected = ['input_invalid', 'request_malformed'];
        for (const text of [`{${poison}}`, `{${poison}${sample && ','}${sample}}`]) {
          yield { what: poison, answer: await callWithText(admin, procedure, text), expected };
        }
        if (!procedure.rest || procedure.kind === 'query') continue;
        const path = procedure.rest.path.replaceAll(/\{\w+\}/g, '0'.repeat(22));
        const answer = await admin.rest<RawAnswer['problem']>(procedure.rest.method, path, `{${poison}}`);
        yield { what: `REST ${poison}`, answer: { ...answer, problem: answer.body }, expected };
      }
    });
    expect(found).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('refuses 10 MB before it reads them [B25]', async () => {
    const text = JSON.stringify({ name: 'x'.repeat(10_000_000) });
    const found = await surprises(async function* ask(procedure) {
      if (procedure.kind === 'query') return;
      yield { what: '10 MB', answer: await callWithText(admin, procedure, text), expected: ['body_too_large'] };
      if (!procedure.rest) return;
      const answer = await admin.rest<RawAnswer['problem']>(
        procedure.rest.method,
        procedure.rest.path.replaceAll(/\{\w+\}/g, '0'.repeat(22)),
        text,
      );
      yield { what: 'REST 10 MB', answer: { ...answer, problem: answer.body }, expected: ['body_too_large'] };
    });
    expect(found).toEqual([]);
  });

  it('made no error of ours meanwhile', async () => {
    expect(server.logged()).not.toMatch(/"level":"(?:error|fatal)"/);
    expect((await server.stranger().request('GET', '/readyz')).status).toBe(200);
    expect((await admin.api.me.get.query()).roles).toEqual(['admin']);
  });
});
