import type { AccountId, ProblemCode } from '@latchkey/schemas';
import { ADMIN, freshPostgresUrl, openTestServer, problemOf, type Caller, type TestServer } from '@latchkey/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROUNDS = 8;

const ENVIRONMENTS: Record<string, () => Promise<Record<string, string>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await freshPostgresUrl() }),
};

type Change = { roles: string[] } | { disabled: boolean };
const REMOVALS: Change[] = [{ roles: ['member'] }, { disabled: true }];

let server: TestServer;

async function open(environment: Record<string, string>): Promise<Caller> {
  server = await openTestServer({ environment });
  onTestFinished(() => server.close());
  return server.admin();
}

const idOf = async (caller: Caller) => (await caller.api.me.get.query()).id;

/** The admins who can act. */
async function adminsNow(): Promise<AccountId[]> {
  const { items } = await server.services.people.list({ limit: 100 });
  return items.filter(({ roles, status }) => roles.includes('admin') && status === 'active').map(({ id }) => id);
}

async function outcomeOf(call: Promise<unknown>): Promise<ProblemCode | 'done'> {
  return call.then(
    () => 'done',
    async (error: unknown) => (await problemOf(Promise.reject(error))).code,
  );
}

for (const [database, environment] of Object.entries(ENVIRONMENTS)) {
  describe(`the last admin on ${database}`, () => {
    it('stays one, whoever tries, until another can act', async () => {
      const admin = await open(await environment());
      const id = await idOf(admin);
      const { user: invited } = await admin.api.users.create.mutate({ email: 'invited@example.com', roles: ['admin'] });
      const off = await server.person('off@example.com', ['admin']);
      await admin.api.users.update.mutate({ id: await idOf(off), disabled: true });
      await admin.api.serviceAccounts.create.mutate({ name: 'robot', roles: ['admin'] });
      const token = (await admin.api.tokens.create.mutate({})).accessToken;
      const callers = [admin, server.stranger().with({ authorization: `Bearer ${token}` })];
      const before = (await admin.api.audit.list.query({})).items.length;
      for (const caller of callers) {
        for (const change of [...REMOVALS, { roles: [] }, { roles: ['auditor'], name: 'New name' }]) {
          expect((await problemOf(caller.api.users.update.mutate({ id, ...change }))).code).toBe('last_admin');
        }
      }
      expect(await admin.api.me.get.query()).toMatchObject({ roles: ['admin'], name: 'admin' });
      expect((await admin.api.audit.list.query({})).items).toHaveLength(before);

      await admin.api.users.update.mutate({ id: invited.id, disabled: true });
      const second = await server.person('second@example.com', ['admin']);
      await second.api.users.update.mutate({ id, roles: ['member'] });
      expect(await adminsNow()).toEqual([await idOf(second)]);
    });

    it('is left over when two admins remove each other, or themselves, at once', async () => {
      const admin = await open(await environment());
      const other = await server.person('other@example.com', ['admin']);
      const pair = [admin, other] as const;
      const ids = [await idOf(admin), await idOf(other)] as const;
      const repair = async () => {
        const [left] = await adminsNow();
        const survivor = pair[left === ids[0] ? 0 : 1];
        const fallen = ids[left === ids[0] ? 1 : 0];
        await survivor.api.users.update.mutate({ id: fallen, roles: ['admin'], disabled: false });
        for (const [caller, email] of [
          [admin, ADMIN.email],
          [other, 'other@example.com'],
        ] as const) {
          await caller.signIn(email, ADMIN.password);
        }
      };
      for (let round = 0; round < ROUNDS; round += 1) {
        const change = REMOVALS[round % 2]!;
        const targets = round % 4 < 2 ? [ids[1], ids[0]] : ids;
        const removals = pair.map((caller, index) =>
          outcomeOf(caller.api.users.update.mutate({ id: targets[index]!, ...change })),
        );
        const outcomes = (await Promise.all(removals)).toSorted();
        expect([round, outcomes.filter((each) => each === 'done')]).toEqual([round, ['done']]);
        expect(['last_admin', 'session_ended', 'permission_missing']).toContain(
          outcomes.find((each) => each !== 'done'),
        );
        expect([round, (await adminsNow()).length]).toEqual([round, 1]);
        await repair();
      }
    });

    it('is left over when six admins each remove the next at once', async () => {
      const first = await open(await environment());
      const ring = [first];
      for (let index = 1; index < 6; index += 1) ring.push(await server.person(`a${index}@example.com`, ['admin']));
      const ids = await Promise.all(ring.map(idOf));
      const removals = ring.map((caller, index) =>
        outcomeOf(caller.api.users.update.mutate({ id: ids[(index + 1) % ids.length]!, ...REMOVALS[index % 2]! })),
      );
      const outcomes = new Set(await Promise.all(removals));
      for (const code of ['done', 'last_admin', 'session_ended', 'permission_missing'] as const) outcomes.delete(code);
      expect(outcomes).toEqual(new Set());
      expect((await adminsNow()).length).toBeGreaterThanOrEqual(1);
    });
  });
}
