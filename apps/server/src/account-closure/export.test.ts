import { accountExport, EXPORTED_AT_MOST } from '@latchkey/schemas';
import {
  ADMIN,
  codeOfApp,
  freshPostgresUrl,
  openTestServer,
  problemOf,
  type Caller,
  type TestServer,
} from '@latchkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { COMMAND_LINE } from '../actors/index.ts';
import { HOUR_MS } from '../time/index.ts';

const ADA = 'ada@example.com';

let server: TestServer;
afterEach(() => server.close());

const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;
const codeOf = async (call: Promise<unknown>) => (await problemOf(call)).code;

describe.each(['SQLite', 'PostgreSQL'])('the data of an account on %s', (database) => {
  it('is all that is kept of the person, and nothing that opens the account', async () => {
    server = await openTestServer({
      environment: database === 'SQLite' ? {} : { DATABASE_URL: await freshPostgresUrl() },
    });
    const ada = await server.person(ADA);
    const id = await idOf(ada);
    const { secret, apiKey } = await ada.api.apiKeys.create.mutate({ name: 'billing', permissions: [] });
    await server.stranger().with({ 'x-api-key': secret }).rest('GET', '/me');
    await server.recorder.flush();
    const enrolled = await ada.api.factors.startTotp.mutate({});
    const code = codeOfApp(enrolled.secret, server.clock.now());
    const { codes } = await ada.api.factors.confirmTotp.mutate({ enrolment: enrolled.enrolment, code });
    await ada.rest('GET', '/users');
    await server.services.denials.flush();
    await ada.api.email.askToChange.mutate({ email: 'countess@example.com' });
    const token = await server.tokenMailedTo('countess@example.com');

    const data = await ada.api.me.export.mutate({});
    expect(data).toMatchObject({
      format: 'latchkey.account.1',
      account: { id, email: ADA, roles: ['member'], permissions: ['api_keys:read', 'api_keys:write'] },
      sessions: [{ address: '127.0.0.1', endedAtMs: null }],
      browsers: [{ network: '127.0.0.1' }],
      authenticatorApp: { addedAtMs: expect.any(Number) },
      recoveryCodes: { left: 10 },
      apiKeys: [{ id: apiKey.id, name: 'billing' }],
      apiKeyUsage: [{ apiKeyId: apiKey.id, ok: 1 }],
      apiKeySources: [{ apiKeyId: apiKey.id, network: '127.0.0.1' }],
      openLinks: [{ purpose: 'change_email', email: 'countess@example.com' }],
      denials: [{ procedure: 'users.list', missing: 'users:read' }],
      incomplete: [],
    });
    expect(data.activity.map(({ act, by }) => `${act} by ${by}`)).toEqual([
      'account.exported by you',
      'account.email_change_asked by you',
      'factor.recovery_codes_made by you',
      'factor.totp_added by you',
      'api_key.created by you',
      'session.created by you',
      'account.created by somebody else',
    ]);
    const text = JSON.stringify(data);
    const hidden = ['argon2', secret.split('_')[2]!, enrolled.secret, codes[0]!, token, ada.cookie!, ADMIN.email];
    expect(hidden.filter((each) => text.includes(each))).toEqual([]);
    expect(text).not.toMatch(/digest|salt|sealed/i);
  });
});

describe('the data of an account', () => {
  beforeEach(async () => {
    server = await openTestServer();
  });

  it('tells of long lists the newest, and which those are', async () => {
    const ada = await server.person(ADA);
    const id = await idOf(ada);
    await server.storage.transact(async (tx) => {
      for (let at = 0; at < EXPORTED_AT_MOST.activity; at += 1)
        await server.services.audit.record(tx, COMMAND_LINE, 'account.enabled', { target: { kind: 'account', id } });
    });
    const data = accountExport.parse(await ada.api.me.export.mutate({}));
    expect(data.activity).toHaveLength(EXPORTED_AT_MOST.activity);
    expect(data.activity[0]?.act).toBe('account.exported');
    expect(data.incomplete).toEqual(['activity']);
  });

  it('leaves out what it would tell of other people', async () => {
    const boss = await server.person('boss@example.com', ['admin']);
    const other = await server.person('other@example.com');
    const otherId = await idOf(other);
    await boss.api.users.update.mutate({ id: otherId, name: 'Renamed by the boss' });
    const own = await boss.api.me.export.mutate({});
    expect(own.activity.find(({ act }) => act === 'account.renamed')).toMatchObject({
      target: { id: otherId, name: null },
      details: {},
    });
    expect(JSON.stringify(await other.api.me.export.mutate({}))).not.toMatch(/boss@|admin@/);
  });

  it('is given to an admin for the person, as an act, and to nobody who may not read all of it', async () => {
    const ada = await server.person(ADA);
    const id = await idOf(ada);
    const admin = await server.admin();
    expect((await admin.api.users.export.mutate({ id })).account.email).toBe(ADA);
    const { items } = await admin.api.audit.list.query({ act: 'account.exported' });
    expect(items).toMatchObject([{ target: { id }, actor: { name: ADMIN.email } }]);
    const permissions = ['users:read', 'users:write', 'api_keys:read', 'api_keys:write', 'alerts:read'] as const;
    await admin.api.roles.create.mutate({ name: 'helper', description: 'x', permissions: [...permissions] });
    const helper = await server.person('helper@example.com', ['helper']);
    const auditor = await server.person('auditor@example.com', ['auditor']);
    for (const caller of [ada, auditor, helper]) {
      expect(await codeOf(caller.api.users.export.mutate({ id }))).toBe('permission_missing');
    }
    expect((await admin.api.audit.list.query({ act: 'account.exported' })).items).toHaveLength(1);
  });

  it('isn’t handed to whoever finds an open browser', async () => {
    const ada = await server.person(ADA);
    server.clock.advance(HOUR_MS);
    expect(await codeOf(ada.api.me.export.mutate({}))).toBe('fresh_sign_in_needed');
  });
});
