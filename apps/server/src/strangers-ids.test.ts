import type { ApiKey, Resource, ServiceAccount, User } from '@latchkey/schemas';
import {
  ADMIN,
  callRest,
  callWithText,
  openTestServer,
  proceduresOf,
  type Caller,
  type FieldSchema,
  type Procedure,
  type RawAnswer,
  type TestServer,
} from '@latchkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What else a call needs to be a good one but for its id. */
const OTHER_FIELDS: Record<string, unknown> = {
  name: 'mine now',
  permissions: [],
  roles: ['member'],
  disabled: true,
  allow: true,
  email: 'victim@example.com',
};

type Stranger = {
  person: User;
  invited: User;
  service: ServiceAccount;
  key: ApiKey;
  serviceKey: ApiKey;
  resource: Resource;
  sid: string;
};

let server: TestServer;
let admin: Caller;
let member: Caller;
let strangers: Stranger;
beforeAll(async () => {
  server = await openTestServer();
  admin = await server.admin();
  strangers = await makeStrangers();
  member = await server.person('member@example.com');
});
afterAll(() => server.close());

async function makeStrangers(): Promise<Stranger> {
  const victim = await server.person('victim@example.com');
  const { items } = await admin.api.users.list.query({ q: 'victim@' });
  const { user: invited } = await admin.api.users.create.mutate({ email: 'invited@example.com' });
  const service = await admin.api.serviceAccounts.create.mutate({ name: 'worker' });
  const input = { name: 'key', permissions: ['api_keys:read' as const] };
  const { apiKey: key } = await victim.api.apiKeys.create.mutate(input);
  const { apiKey: serviceKey } = await admin.api.apiKeys.create.mutate({ ...input, accountId: service.id });
  const notes = { name: 'Notes', audience: 'https://notes.example.com' };
  const resource = await admin.api.resources.create.mutate(notes);
  const sid = (await victim.api.me.get.query()).credential.id;
  return { person: items[0]!, invited, service, key, serviceKey, resource, sid };
}

/** What each call that is refused writes, and how far the audit log goes and the watch over it has read. */
const MOVING: ReadonlySet<string> = new Set(['denials', 'denialHead', 'auditHead', 'followers']);

/** Whoever is refused again and again is counted, and told of: their count, its audit entry and its alert. */
const tellsOfRefusals = (row: { key?: string; act?: string; code?: string }) =>
  row.key?.startsWith('denied:') === true || row.act === 'denial.repeated' || row.code === 'denied_often';

/** Every stored row, but for those, and for when credentials were last used. */
async function everything(): Promise<Record<string, unknown[]>> {
  const { db, tables } = server.storage.read;
  const still = Object.entries(tables).filter(([name]) => !MOVING.has(name));
  const rows = still.map(async ([name, table]) => {
    const found: object[] = await db.select().from(table);
    const others = found.filter((row) => !tellsOfRefusals(row));
    return [name, others.map((row) => ({ ...row, lastUsedAtMs: null })).toSorted(byText)];
  });
  return Object.fromEntries(await Promise.all(rows));
}

const byText = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** The ids that the field takes; none for fields that take any text. */
function fittingIds(schema: FieldSchema): string[] {
  if (schema.safeParse('any-text').success) return [];
  const { person, invited, service, key, serviceKey, resource, sid } = strangers;
  return [person.id, invited.id, service.id, key.id, serviceKey.id, resource.id, sid].filter(
    (id) => schema.safeParse(id).success,
  );
}

/** Inputs that are good in everything but that the ids are a stranger's: each id in each place. */
function inputsWithIds({ fields }: Procedure): Record<string, unknown>[] {
  const names = Object.keys(fields);
  const idNames = names.filter((name) => fittingIds(fields[name]!).length > 0);
  const others = names.filter((name) => !idNames.includes(name) && OTHER_FIELDS[name] !== undefined);
  const start = [Object.fromEntries(others.map((name) => [name, OTHER_FIELDS[name]]))];
  if (idNames.length === 0) return [];
  return idNames.reduce<Record<string, unknown>[]>(
    (inputs, name) => inputs.flatMap((input) => fittingIds(fields[name]!).map((id) => ({ ...input, [name]: id }))),
    start,
  );
}

/** An empty list is as good as not found, where a list is asked for by an id. */
function isRefused({ status, problem, body }: RawAnswer): boolean {
  if (problem) return ['not_found', 'permission_missing'].includes(problem.code);
  return status === 200 && /"items":\[\]/.test(JSON.stringify(body));
}

describe('a plain member with a stranger’s ids', () => {
  it('gets nothing and changes nothing, by any procedure that takes an id [B12] [P14] [V8.2.2]', async () => {
    const before = await everything();
    const tried: string[] = [];
    for (const procedure of proceduresOf(server.router)) {
      for (const input of inputsWithIds(procedure)) {
        const answers = [await callWithText(member, procedure, JSON.stringify(input))];
        if (procedure.rest) answers.push(await callRest(member, procedure.rest, input));
        const seen = answers.map((answer) => [procedure.path, input, answer.body, isRefused(answer)]);
        expect(seen).toEqual(answers.map(({ body }) => [procedure.path, input, body, true]));
        tried.push(procedure.path);
      }
    }
    expect(await everything()).toEqual(before);
    // The promise is about these at least; a new procedure with an id joins by itself.
    expect(new Set(tried).size).toBeGreaterThanOrEqual(15);
    expect(tried).toEqual(
      expect.arrayContaining(['sessions.end', 'apiKeys.rotate', 'users.update', 'userSessions.end']),
    );
  });

  it('is told of them what it is told of ids that never were', async () => {
    const nowhere = (id: string) => id.replace(/[0-9A-Za-z]{22}$/, '0'.repeat(22));
    const withoutIds = (body: unknown) => JSON.stringify(body).replaceAll(/,?"(requestId|denialId)":"[^"]*"/g, '');
    for (const procedure of proceduresOf(server.router)) {
      for (const input of inputsWithIds(procedure)) {
        const never = Object.fromEntries(
          Object.entries(input).map(([name, value]) => [name, typeof value === 'string' ? nowhere(value) : value]),
        );
        const there = await callWithText(member, procedure, JSON.stringify(input));
        const gone = await callWithText(member, procedure, JSON.stringify(never));
        expect([procedure.path, there.status, withoutIds(there.body)]).toEqual([
          procedure.path,
          gone.status,
          withoutIds(gone.body),
        ]);
      }
    }
  });
});

describe('a caller without a credential', () => {
  it('changes nothing by naming another’s id in any field [B01] [P13]', async () => {
    const before = await everything();
    const named = { accountId: strangers.person.id, userId: strangers.person.id, id: strangers.person.id };
    for (const procedure of proceduresOf(server.router)) {
      const inputs = [...inputsWithIds(procedure), { ...named, roles: ['admin'], name: 'x', email: 'x@example.com' }];
      for (const input of inputs) {
        const { status } = await callWithText(server.stranger(), procedure, JSON.stringify(input));
        expect([procedure.path, status === 401 || status === 400]).toEqual([procedure.path, true]);
      }
    }
    for (const userId of [strangers.person.id, undefined]) {
      const body = { name: 'x', permissions: ['api_keys:read'], ...(userId && { userId, accountId: userId }) };
      expect((await server.stranger().rest('POST', '/api-keys', body)).status).toBe(401);
      expect((await member.rest('POST', '/api-keys', { ...body, userId: strangers.person.id })).status).toBe(400);
    }
    expect(await everything()).toEqual(before);
  });
});

describe('an admin with ids of another kind', () => {
  it('finds no person behind a service account’s id, nor the other way round', async () => {
    const before = await everything();
    const wrongKind: Record<string, string> = { users: strangers.service.id, serviceAccounts: strangers.person.id };
    for (const procedure of proceduresOf(server.router)) {
      const id = wrongKind[procedure.path.split('.')[0]!];
      if (id === undefined || !('id' in procedure.fields)) continue;
      const email = 'email' in procedure.fields ? { email: 'victim@example.com' } : {};
      const { problem } = await callWithText(admin, procedure, JSON.stringify({ id, ...email }));
      expect([procedure.path, problem?.code]).toEqual([procedure.path, 'not_found']);
    }
    expect(await everything()).toEqual(before);
    await expect(server.stranger().signIn(ADMIN.email, ADMIN.password)).resolves.toBeTruthy();
  });
});
