import type { ProblemCode } from '@latchkey/schemas';
import {
  ADMIN,
  callRest,
  codeOfApp,
  openTestServer,
  problemOf,
  proceduresOf,
  type Caller,
  type Procedure,
  type TestServer,
} from '@latchkey/testkit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time/index.ts';
import { isOnRest, OPERATIONS } from './operations.ts';
import type { ProcedurePath } from './procedure-path.ts';

type Answer = Awaited<ReturnType<typeof callRest>>;
type Described = { responses: Record<string, { headers?: object; content?: Record<string, object> }> };
type Document = { paths: Record<string, Record<string, Described>> };
type Rest = NonNullable<Procedure['rest']>;

let server: TestServer;
let admin: Caller;
let nobody: Caller;
let document: Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
  nobody = await server.person('nobody@example.com', []);
  document = (await server.stranger().rest<Document>('GET', '/openapi.json')).body;
  ajv.addSchema(document, 'openapi');
});
afterAll(() => server.close());

let made = 0;
const newEmail = () => `person${(made += 1)}@example.com`;
const newPerson = () => server.person(newEmail());
const newUser = async () => (await admin.api.users.create.mutate({ email: newEmail(), password: ADMIN.password })).user;
const newKey = () => admin.api.apiKeys.create.mutate({ name: 'a key', permissions: ['users:read'] });
const newWorker = () => admin.api.serviceAccounts.create.mutate({ name: 'worker' });
const newApp = async () =>
  (await admin.api.apps.create.mutate({ name: 'Notes', redirectUris: ['https://app.example.com/callback'] })).app;
const newInvitation = async () => admin.api.users.create.mutate({ email: newEmail() });
const tokenOf = (link: string | null) => link?.split('#')[1];
const sessionOf = async (caller: Caller) => (await caller.api.me.get.query()).credential.id;

const resourceInput = () => {
  const name = `notes${(made += 1)}`;
  const permissions = [{ name: `${name}:read` as const, description: 'See notes.' }];
  return { name, audience: `https://${name}.example.com`, permissions };
};
const newRole = async () => {
  const role = { name: `role-${(made += 1)}`, description: 'Reads.', permissions: ['audit:read' as const] };
  return (await admin.api.roles.create.mutate(role)).name;
};
const newResource = () => admin.api.resources.create.mutate(resourceInput());

/** Somebody who signs in with a code besides, the next of which may be used now. */
async function newTwoFactorPerson() {
  const person = { email: newEmail(), password: ADMIN.password };
  const { factors } = (await server.person(person.email)).api;
  const { enrolment, secret } = await factors.startTotp.mutate({});
  await factors.confirmTotp.mutate({ enrolment, code: codeOfApp(secret, server.clock.now()) });
  server.clock.advance(MINUTE_MS);
  return { person, secret };
}

/** The one that making an admin raises. */
async function newAlert() {
  await admin.api.users.create.mutate({ email: newEmail(), roles: ['admin'], password: ADMIN.password });
  await server.watch.look();
  return (await admin.api.alerts.list.query({ status: 'open' })).items[0];
}

async function newDenialId() {
  const { denialId } = await problemOf((await newPerson()).api.users.list.query({}));
  return denialId;
}

type Call = { input?: Record<string, unknown>; as?: Caller };

/** A call of each operation that goes well. */
const GOOD: Record<string, () => Promise<Call> | Call> = {
  'server.info': () => ({ as: server.stranger() }),
  'signIn.password': () => ({ as: server.stranger(), input: ADMIN }),
  'signIn.secondFactor': async () => {
    const { person, secret } = await newTwoFactorPerson();
    const caller = server.stranger();
    await caller.rest('POST', '/session', person);
    return { as: caller, input: { code: codeOfApp(secret, server.clock.now()) } };
  },
  'factors.security': () => ({}),
  'signUp.request': async () => {
    await admin.api.settings.update.mutate({ signUpOpen: true });
    return { as: server.stranger(), input: { email: newEmail() } };
  },
  'passwordReset.request': () => ({ as: server.stranger(), input: { email: newEmail() } }),
  'email.get': () => ({}),
  'email.askToVerify': async () => ({ as: await newPerson() }),
  'email.askToChange': async () => ({ as: await newPerson(), input: { email: newEmail() } }),
  'invitations.check': async () => ({
    as: server.stranger(),
    input: { token: tokenOf((await newInvitation()).invitationLink) },
  }),
  'invitations.accept': async () => ({
    as: server.stranger(),
    input: { token: tokenOf((await newInvitation()).invitationLink), name: 'Ada', password: ADMIN.password },
  }),
  'me.get': () => ({}),
  'me.update': () => ({ input: { name: 'Ada' } }),
  'me.changePassword': async () => ({
    as: await newPerson(),
    input: { currentPassword: ADMIN.password, newPassword: 'another good password' },
  }),
  'me.lockDown': async () => ({ as: await newPerson() }),
  'me.export': async () => ({ as: await newPerson() }),
  'me.close': async () => {
    const as = await newPerson();
    const { email = '' } = await as.api.me.get.query();
    return { as, input: { email } };
  },
  'session.end': async () => ({ as: await newPerson() }),
  'session.confirm': () => ({ input: { password: ADMIN.password } }),
  'sessions.list': () => ({}),
  'sessions.end': async () => ({ input: { id: await sessionOf(await server.admin()) } }),
  'sessions.endOthers': async () => ({ as: await newPerson() }),
  'sessions.endAll': async () => ({ as: await newPerson() }),
  'tokens.create': () => ({ input: { permissions: ['users:read'], ttlSeconds: 60 } }),
  'apiKeys.create': () => ({ input: { name: 'new', permissions: ['users:read'], ipAllowList: ['10.0.0.0/8'] } }),
  'apiKeys.list': async () => ({ input: { q: (await newKey()).apiKey.name, limit: 1 } }),
  'apiKeys.get': async () => ({ input: { id: (await newKey()).apiKey.id } }),
  'apiKeys.update': async () => ({ input: { id: (await newKey()).apiKey.id, name: 'renamed' } }),
  'apiKeys.rotate': async () => ({ input: { id: (await newKey()).apiKey.id, graceSeconds: 60 } }),
  'apiKeys.revoke': async () => ({ input: { id: (await newKey()).apiKey.id } }),
  'apiKeys.usage': async () => ({ input: { id: (await newKey()).apiKey.id, range: '24h' } }),
  'apiKeys.sources': async () => ({ input: { id: (await newKey()).apiKey.id } }),
  'apiKeys.suggestion': async () => ({ input: { id: (await newKey()).apiKey.id } }),
  'apiKeys.verify': async () => ({ input: { key: (await newKey()).secret, permission: 'users:read' } }),
  'apps.create': () => ({ input: { name: 'Notes', redirectUris: ['https://app.example.com/callback'] } }),
  'apps.list': () => ({ input: { limit: 1 } }),
  'apps.get': async () => ({ input: { id: (await newApp()).id } }),
  'apps.update': async () => ({ input: { id: (await newApp()).id, name: 'Renamed' } }),
  'apps.rotate': async () => ({ input: { id: (await newApp()).id, graceSeconds: 0 } }),
  'users.list': () => ({ input: { limit: 1, status: 'active' } }),
  'users.get': async () => ({ input: { id: (await newUser()).id } }),
  'users.create': () => ({ input: { email: newEmail(), roles: ['auditor'] } }),
  'users.resendInvitation': async () => ({ input: { id: (await newInvitation()).user.id } }),
  'users.update': async () => ({ input: { id: (await newUser()).id, name: 'Ada', roles: [], disabled: true } }),
  'users.lockDown': async () => ({ input: { id: (await newUser()).id } }),
  'users.export': async () => ({ input: { id: (await newUser()).id } }),
  'users.close': async () => {
    const { id, email } = await newUser();
    return { input: { id, email } };
  },
  'userSessions.list': async () => ({ input: { id: (await newUser()).id } }),
  'userSessions.end': async () => {
    const { id, credential } = await (await newPerson()).api.me.get.query();
    return { input: { id, sessionId: credential.id } };
  },
  'userSessions.endAll': async () => ({ input: { id: (await newUser()).id } }),
  'serviceAccounts.list': async () => ({ input: { q: (await newWorker()).name } }),
  'serviceAccounts.get': async () => ({ input: { id: (await newWorker()).id } }),
  'serviceAccounts.create': () => ({ input: { name: 'worker', roles: [] } }),
  'serviceAccounts.update': async () => ({ input: { id: (await newWorker()).id, disabled: true } }),
  'roles.list': () => ({}),
  'roles.create': () => ({ input: { name: 'reader', description: 'Reads.', permissions: ['audit:read'] } }),
  'roles.get': async () => ({ input: { name: await newRole() } }),
  'roles.update': async () => ({ input: { name: await newRole(), description: 'Reads more.', permissions: [] } }),
  'roles.remove': async () => ({ input: { name: await newRole() } }),
  'roles.preview': async () => ({ input: { name: await newRole(), permissions: [] } }),
  'roles.withoutFactor': async () => ({ input: { name: await newRole() } }),
  'roles.holders': async () => ({ input: { name: await newRole(), limit: 10 } }),
  'resources.list': () => ({}),
  'resources.get': async () => ({ input: { id: (await newResource()).id } }),
  'resources.create': () => ({ input: resourceInput() }),
  'resources.update': async () => ({ input: { id: (await newResource()).id, name: 'Renamed' } }),
  'resources.preview': async () => ({ input: { id: (await newResource()).id, permissions: [] } }),
  'resources.remove': async () => ({ input: { id: (await newResource()).id } }),
  'permissions.list': () => ({}),
  'accessMatrix.get': () => ({}),
  'accessMatrix.ofAccount': async () => ({ input: { accountId: (await newUser()).id } }),
  'accessMatrix.ofApiKey': async () => ({ input: { apiKeyId: (await newKey()).apiKey.id } }),
  'accessMatrix.callers': () => ({ input: { procedure: 'users.list', limit: 2 } }),
  'denials.list': () => ({ input: { limit: 1 } }),
  'denials.get': async () => ({ input: { id: await newDenialId() } }),
  'settings.get': () => ({}),
  'settings.alertWebhook': () => ({}),
  'settings.update': () => ({ input: { signUpOpen: false } }),
  'signingKeys.list': () => ({}),
  'signingKeys.rotate': () => ({}),
  'alerts.list': () => ({ input: { limit: 1 } }),
  'alerts.get': async () => ({ input: { id: (await newAlert())?.id } }),
  'alerts.acknowledge': async () => ({ input: { id: (await newAlert())?.id } }),
  'alerts.dismiss': async () => ({ input: { id: (await newAlert())?.id } }),
  'audit.list': () => ({ input: { limit: 2, act: 'session.created' } }),
};

const described = ({ method, path }: Rest) => document.paths[path]?.[method.toLowerCase()];

/** What the answer does that the document doesn't say. */
function surprises(rest: Rest, { status, headers, body }: Answer): unknown[] {
  const response = described(rest)?.responses[status];
  if (response === undefined) return [`no answer of status ${status}`, body];
  const missing = Object.keys(response.headers ?? {}).filter((name) => headers[name.toLowerCase()] === undefined);
  const type = Object.keys(response.content ?? {})[0];
  if (type === undefined) return [...missing, ...(body === '' ? [] : [body])];
  const pointer = ['paths', rest.path, rest.method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
  const schema = `openapi#/${pointer.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const isValid = ajv.validate({ $ref: schema }, body);
  return [
    ...missing,
    ...(headers['content-type'] === type ? [] : [headers['content-type']]),
    ...(isValid ? [] : [ajv.errors, body]),
  ];
}

/** Of the same shape, but nothing's: nines for an id, and for a name another name. */
function unknown(name: unknown): string {
  const text = String(name);
  if (/[0-9A-Za-z]{22}$/.test(text)) return text.replace(/.{22}$/, '9'.repeat(22));
  return text.includes('.') ? 'nothing.likeIt' : 'nothing-like-it';
}

/** Bad calls of an operation, each with the code that refuses it. */
async function* badCalls({ rest, fields }: Procedure & { rest: Rest }, call: Call, guarded: boolean) {
  const caller = call.as ?? admin;
  const input = call.input ?? {};
  const refused = (by: ProblemCode, answer: Answer) => ({ by, answer });
  yield refused('input_invalid', await callRest(caller, rest, { ...input, unknown: 'x' }));
  for (const [name, schema] of Object.entries(fields)) {
    if (schema.safeParse(undefined).success || rest.path.includes(`{${name}}`)) continue;
    const { [name]: _, ...others } = input;
    yield refused('input_invalid', await callRest(caller, rest, others));
  }
  for (const name of Object.keys(fields).filter((each) => rest.path.includes(`{${each}}`))) {
    yield refused('not_found', await callRest(caller, rest, { ...input, [name]: unknown(input[name]) }));
    yield refused('input_invalid', await callRest(caller, rest, { ...input, [name]: 'Neither.an.id.nor.a.name' }));
  }
  if (rest.method !== 'GET') {
    const foreign = server.stranger().with({ origin: 'https://evil.example' });
    yield refused('origin_mismatch', await callRest(foreign, rest, input));
    const asText = server.stranger().with({ 'content-type': 'text/plain' });
    yield refused('media_type_unsupported', await callRest(asText, rest, input));
  }
  if (!guarded) return;
  yield refused('credential_missing', await callRest(server.stranger(), rest, input));
  yield refused('api_key_invalid', await callRest(server.stranger().with({ 'x-api-key': 'lk_x' }), rest, input));
  yield refused(
    'token_invalid',
    await callRest(server.stranger().with({ authorization: 'Bearer a.b.c' }), rest, input),
  );
  const twice = server.stranger().with({ authorization: 'Bearer a.b.c', 'x-api-key': 'lk_x' });
  yield refused('credential_ambiguous', await callRest(twice, rest, input));
}

describe('each operation answers as the document says', () => {
  for (const path of Object.keys(OPERATIONS) as ProcedurePath[]) {
    if (!isOnRest(OPERATIONS[path])) continue;
    it(`${path}: to good calls and bad ones`, async () => {
      const procedure = proceduresOf(server.router).find((each) => each.path === path);
      const { rest } = procedure ?? {};
      if (!procedure || !rest) throw new Error(`${path} is not on REST.`);
      const call = await GOOD[path]?.();
      if (!call) throw new Error(`${path} has no good call in this test.`);
      const { security, 'x-latchkey-guard': guard } = described(rest) as unknown as {
        security: object[];
        'x-latchkey-guard': { demands: string | null };
      };
      for await (const { by, answer } of badCalls({ ...procedure, rest }, call, security.length > 0)) {
        expect([by, answer.problem?.code, ...surprises(rest, answer)]).toEqual([by, by]);
      }
      if (guard.demands !== null) {
        const answer = await callRest(nobody, rest, call.input ?? {});
        expect([answer.problem?.code, ...surprises(rest, answer)]).toEqual(['permission_missing']);
      }
      const answer = await callRest(call.as ?? admin, rest, call.input ?? {});
      expect([answer.problem, ...surprises(rest, answer)]).toEqual([null]);
    });
  }
});
