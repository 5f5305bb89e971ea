import type { ProblemBody, SecondFactorNeeded } from '@latchkey/schemas';
import {
  ADMIN,
  codeOfApp,
  openTestServer,
  VirtualAuthenticator,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SECOND_MS } from '../time/index.ts';
import type { Method } from './pending.ts';

/*
 * Each way in × whatever keeps somebody out. A new way in doesn't compile until it has its row here: `Method` is what the
 * gate takes, and the gate alone makes sessions.
 */

const EMAIL = 'ada@example.com';
const PASSWORD = 'a good password';

let server: TestServer;
let admin: Caller;
let secret: string;
beforeEach(async () => {
  server = await openTestServer();
  admin = await server.admin();
});
afterEach(() => server.close());

/** What a way in leads to: a session, the next step, or the code of a refusal. */
async function outcome(caller: Caller, path: string, input: object): Promise<string> {
  type Body = { result?: { data: { next?: string } }; error?: { data: { problem: ProblemBody } } };
  const { body } = await caller.request<Body>('POST', `/trpc/${path}`, input);
  const said = body.error?.data.problem.code ?? body.result?.data.next ?? 'in';
  expect([path, caller.cookie !== null]).toEqual([path, said === 'in']);
  return said;
}

const idOf = async (q: string) =>
  (await admin.api.users.list.query({ q })).items[0]?.id ?? Promise.reject(new Error(q));
const disable = async (q: string) => void (await admin.api.users.update.mutate({ id: await idOf(q), disabled: true }));

async function invite(): Promise<string> {
  const { invitationLink } = await admin.api.users.create.mutate({ email: EMAIL });
  return invitationLink?.split('#')[1] ?? '';
}

const makePerson = () => admin.api.users.create.mutate({ email: EMAIL, password: PASSWORD });

async function addApp(caller: Caller): Promise<void> {
  const started = await caller.api.factors.startTotp.mutate({});
  secret = started.secret;
  const code = codeOfApp(secret, server.clock.now());
  await caller.api.factors.confirmTotp.mutate({ enrolment: started.enrolment, code });
  server.clock.advance(30 * SECOND_MS);
}

async function makePersonWithApp(): Promise<void> {
  await makePerson();
  const person = server.stranger();
  await person.signIn(EMAIL, PASSWORD);
  await addApp(person);
}

/** From now on nobody comes in whose address isn't verified; the admin has verified theirs. */
async function letInVerifiedOnly(): Promise<void> {
  await admin.api.email.askToVerify.mutate({});
  await admin.api.email.verify.mutate({ token: await server.tokenMailedTo(ADMIN.email) });
  await admin.api.settings.update.mutate({ verifiedOnly: true });
}

const requireFactor = () => admin.api.roles.update.mutate({ name: 'member', secondFactorFromMs: server.clock.now() });

/** Ten wrong guesses from here. */
async function lock(): Promise<void> {
  for (let guess = 0; guess < 10; guess += 1)
    await server.stranger().rest('POST', '/session', { email: EMAIL, password: 'x' });
}

/** Somebody with a passkey, what happens to them then, and the passkey. */
async function passkey(then: () => Promise<unknown> = async () => {}): Promise<string> {
  const person = await server.person(EMAIL);
  const device = new VirtualAuthenticator(server.publicUrl);
  const made = device.create(await person.api.passkeys.start.mutate({}));
  await person.api.passkeys.add.mutate({ name: 'Laptop', passkey: made });
  await then();
  const caller = server.stranger();
  return outcome(caller, 'signIn.passkey', { passkey: device.get(await caller.api.signIn.askPasskey.mutate({})) });
}

const withPassword = (caller = server.stranger()) =>
  outcome(caller, 'signIn.password', { email: EMAIL, password: PASSWORD });
const accept = (token: string) =>
  outcome(server.stranger(), 'invitations.accept', { token, name: 'Ada', password: PASSWORD });

/** By the link that is mailed, when this has happened meanwhile. */
async function signUp(meanwhile: () => Promise<unknown> = async () => {}): Promise<string> {
  await admin.api.settings.update.mutate({ signUpOpen: true });
  await server.stranger().request('POST', '/trpc/signUp.request', { email: EMAIL });
  const token = await server.tokenMailedTo(EMAIL);
  await meanwhile();
  return outcome(server.stranger(), 'signUp.complete', { token, name: 'Ada', password: PASSWORD });
}

async function reset(meanwhile: () => Promise<unknown> = async () => {}): Promise<string> {
  await server.stranger().request('POST', '/trpc/passwordReset.request', { email: EMAIL });
  const token = await server.tokenMailedTo(EMAIL);
  await meanwhile();
  return outcome(server.stranger(), 'passwordReset.complete', { token, password: 'another good password' });
}

/** The state that can't be on this path: the account is made by it. */
const CAN_NOT_BE = null;
type State = 'nothing in the way' | 'disabled' | 'locked' | 'factor' | 'factor required' | 'unverified';
type Row = Record<State, (() => Promise<string>) | typeof CAN_NOT_BE>;

const TABLE: Record<Method, Row> = {
  password: {
    'nothing in the way': async () => (await makePerson(), withPassword()),
    disabled: async () => (await makePerson(), await disable(EMAIL), withPassword()),
    locked: async () => (await makePerson(), await lock(), withPassword()),
    factor: async () => (await makePersonWithApp(), withPassword()),
    unverified: async () => (await makePerson(), await letInVerifiedOnly(), withPassword()),
    'factor required': async () => (await makePerson(), await requireFactor(), withPassword()),
  },
  passkey: {
    'nothing in the way': () => passkey(),
    disabled: () => passkey(() => disable(EMAIL)),
    // It isn't guessed, so that no stranger's guesses stand in its way.
    locked: () => passkey(lock),
    // It is one by itself.
    factor: () => passkey(),
    unverified: () => passkey(letInVerifiedOnly),
    'factor required': () => passkey(requireFactor),
  },
  invitation: {
    'nothing in the way': async () => accept(await invite()),
    disabled: async () => {
      const token = await invite();
      await disable(EMAIL);
      return accept(token);
    },
    // Whoever holds the link needs no guess.
    locked: async () => {
      const token = await invite();
      await lock();
      return accept(token);
    },
    factor: CAN_NOT_BE,
    // Whoever holds the link was given it at the address, or by the admin who vouches for it.
    unverified: async () => (await letInVerifiedOnly(), accept(await invite())),
    'factor required': async () => (await requireFactor(), accept(await invite())),
  },
  sign_up: {
    'nothing in the way': () => signUp(),
    disabled: () => signUp(async () => (await makePerson(), disable(EMAIL))),
    // Whoever holds the link needs no guess.
    locked: () => signUp(lock),
    factor: CAN_NOT_BE,
    // The link was mailed to the address.
    unverified: () => signUp(letInVerifiedOnly),
    'factor required': () => signUp(requireFactor),
  },
  reset: {
    'nothing in the way': async () => (await makePerson(), reset()),
    disabled: async () => (await makePerson(), reset(() => disable(EMAIL))),
    locked: async () => (await makePerson(), reset(lock)),
    // It proves the address alone.
    factor: async () => (await makePersonWithApp(), reset()),
    // And that it does.
    unverified: async () => (await makePerson(), reset(letInVerifiedOnly)),
    'factor required': async () => (await makePerson(), reset(requireFactor)),
  },
  // Only while there is nobody: whom could it let in?
  setup: {
    'nothing in the way': CAN_NOT_BE,
    disabled: async () => {
      const token = (await server.services.signIn.issueSetupLink()).split('#')[1] ?? '';
      return outcome(server.stranger(), 'setup.complete', { token, email: EMAIL, name: 'Ada', password: PASSWORD });
    },
    locked: CAN_NOT_BE,
    factor: CAN_NOT_BE,
    unverified: CAN_NOT_BE,
    'factor required': CAN_NOT_BE,
  },
};

const EXPECTED: Record<Method, Record<State, string | null>> = {
  password: {
    'nothing in the way': 'in',
    disabled: 'sign_in_failed',
    locked: 'rate_limited',
    factor: 'second_factor',
    unverified: 'email_unverified',
    'factor required': 'factor_enrolment',
  },
  passkey: {
    'nothing in the way': 'in',
    disabled: 'sign_in_failed',
    locked: 'in',
    factor: 'in',
    unverified: 'email_unverified',
    'factor required': 'in',
  },
  invitation: {
    'nothing in the way': 'in',
    disabled: 'link_used',
    locked: 'in',
    factor: null,
    'factor required': 'factor_enrolment',
    unverified: 'in',
  },
  sign_up: {
    'nothing in the way': 'in',
    disabled: 'email_taken',
    locked: 'in',
    factor: null,
    'factor required': 'factor_enrolment',
    unverified: 'in',
  },
  reset: {
    'nothing in the way': 'in',
    disabled: 'link_used',
    locked: 'in',
    factor: 'second_factor',
    'factor required': 'factor_enrolment',
    unverified: 'in',
  },
  setup: {
    'nothing in the way': null,
    disabled: 'link_used',
    locked: null,
    factor: null,
    'factor required': null,
    unverified: null,
  },
};

describe.each(Object.keys(TABLE) as Method[])('the way in by %s [B23]', (method) => {
  for (const [state, walk] of Object.entries(TABLE[method])) {
    if (walk === CAN_NOT_BE) continue;
    it(`with “${state}” ends as it should`, async () => {
      expect(await walk()).toBe(EXPECTED[method][state as State]);
    });
  }
});

describe('the second step [B23]', () => {
  it('is refused to whoever is disabled or locked since the first, with the right code', async () => {
    await makePersonWithApp();
    const [disabled, locked] = [server.stranger(), server.stranger()];
    for (const caller of [disabled, locked]) expect(await withPassword(caller)).toBe('second_factor');
    const code = codeOfApp(secret, server.clock.now());
    await lock();
    expect(await outcome(locked, 'signIn.secondFactor', { code })).toBe('rate_limited');
    await disable(EMAIL);
    disabled.remoteAddress = '192.0.2.9';
    expect(await outcome(disabled, 'signIn.secondFactor', { code })).toBe('sign_in_failed');
  });
});

describe('what somebody holds already', () => {
  async function holders(person: Caller): Promise<Record<string, Caller>> {
    const { accessToken } = await person.api.tokens.create.mutate({ ttlSeconds: 900 });
    const { secret: key } = await person.api.apiKeys.create.mutate({ name: 'key', permissions: ['api_keys:read'] });
    return {
      session: person,
      'access token': server.stranger().with({ authorization: `Bearer ${accessToken}` }),
      'API key': server.stranger().with({ 'x-api-key': key }),
    };
  }
  const STATES: Record<string, [become: (person: Caller) => Promise<unknown>, status: number]> = {
    disabled: [() => disable(EMAIL), 401],
    // Nobody is thrown out by a stranger's guesses.
    locked: [() => lock(), 200],
    // The session has just proved more than it was asked for; keys never were a person's presence.
    'with a new second factor': [(person) => addApp(person), 200],
    // It is asked for at sign-in.
    'without a verified address': [() => letInVerifiedOnly(), 200],
  };
  for (const [state, [become, status]] of Object.entries(STATES)) {
    it(`answers ${status} to every kind of credential of somebody ${state} [B23]`, async () => {
      const person = await server.person(EMAIL);
      const held = await holders(person);
      await become(person);
      for (const [kind, caller] of Object.entries(held)) {
        expect([kind, (await caller.rest('GET', '/me')).status]).toEqual([kind, status]);
      }
    });
  }
});

it('without the factor that is required, presence opens nothing, and keys go on: they never were anybody’s presence [B23]', async () => {
  const person = await server.person(EMAIL);
  const { secret: key } = await person.api.apiKeys.create.mutate({ name: 'key', permissions: ['api_keys:read'] });
  const byKey = server.stranger().with({ 'x-api-key': key });
  const bearing = async (caller: Caller) =>
    server.stranger().with({ authorization: `Bearer ${(await caller.api.tokens.create.mutate({})).accessToken}` });
  const held = {
    session: person,
    'access token': await bearing(person),
    key: byKey,
    'token of a key': await bearing(byKey),
  };
  const codes = async () => {
    const answers = Object.entries(held).map(async ([kind, caller]) => {
      const { status, body } = await caller.rest<Partial<ProblemBody>>('GET', '/api-keys');
      return [kind, body.code ?? status] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  };
  const open = { session: 200, 'access token': 200, key: 200, 'token of a key': 200 };
  expect(await codes()).toEqual(open);
  await requireFactor();
  expect(await codes()).toEqual({ ...open, session: 'factor_required', 'access token': 'factor_required' });
  await addApp(person);
  expect(await codes()).toEqual({ ...open });
});

it('the answer after a right password names no account, and nothing that signs in [B02]', async () => {
  await makePersonWithApp();
  const { body } = await server
    .stranger()
    .rest<SecondFactorNeeded>('POST', '/session', { email: EMAIL, password: PASSWORD });
  expect(Object.keys(body).toSorted()).toEqual(['expiresAtMs', 'factors', 'next']);
});
