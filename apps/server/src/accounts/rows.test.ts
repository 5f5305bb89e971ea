import type { AccountId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import { randomId } from '../crypto/index.ts';
import type { Cursor, Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

const ADA = personRow({ email: 'ada@example.com', name: 'Ada Lovelace' });

function personRow(change: Partial<rows.AccountRow> = {}): rows.AccountRow {
  return {
    id: randomId('acc'),
    kind: 'person',
    email: `${randomId('acc').toLowerCase()}@example.com`,
    name: 'Somebody',
    passwordHash: null,
    passwordChangedAtMs: null,
    status: 'active',
    createdAtMs: 1_000,
    lastSignInAtMs: null,
    emailVerifiedAtMs: null,
    ...change,
  };
}

function serviceRow(change: Partial<rows.AccountRow> = {}): rows.AccountRow {
  return personRow({ kind: 'service', email: null, ...change });
}

async function insert(storage: Storage, row: rows.AccountRow, roles: readonly string[] = []): Promise<AccountId> {
  expect(await storage.transact((tx) => rows.insertAccount(tx, row, roles))).toBe(true);
  return row.id;
}

function linkRow(change: Partial<rows.LinkRow> = {}): rows.LinkRow {
  return {
    tokenDigest: randomId('acc'),
    purpose: 'invitation',
    accountId: null,
    email: null,
    createdAtMs: 1_000,
    expiresAtMs: 2_000,
    usedAtMs: null,
    ...change,
  };
}

async function insertLink(storage: Storage, change: Partial<rows.LinkRow> = {}): Promise<string> {
  const row = linkRow(change);
  await storage.transact((tx) => rows.insertLink(tx, row));
  return row.tokenDigest;
}

onEveryDatabase((_name, open) => {
  it('finds an account by id and by email, with its roles in order', async () => {
    const storage = await open();
    const account = { ...ADA, passwordHash: '$argon2id$', lastSignInAtMs: 5 };
    await insert(storage, account, ['member', 'auditor', 'member']);
    const found = { ...account, roles: ['auditor', 'member'] };
    expect(await rows.findAccount(storage.read, ADA.id)).toEqual(found);
    expect(await rows.findAccountByEmail(storage.read, 'ada@example.com')).toEqual(found);
    expect(await rows.findAccount(storage.read, randomId('acc'))).toBeNull();
    expect(await rows.findAccountByEmail(storage.read, 'ADA@example.com')).toBeNull();
  });

  it('inserts an email address once, and service accounts without one as often as wanted', async () => {
    const storage = await open();
    await insert(storage, ADA, ['member']);
    const twin = personRow({ email: 'ada@example.com' });
    expect(await storage.transact((tx) => rows.insertAccount(tx, twin, ['admin']))).toBe(false);
    expect(await rows.findAccount(storage.read, twin.id)).toBeNull();
    expect(await rows.findAccount(storage.read, ADA.id)).toMatchObject({ name: 'Ada Lovelace', roles: ['member'] });
    await insert(storage, serviceRow());
    await insert(storage, serviceRow());
  });

  it('lets one of twenty parallel inserts of an email address in [B05]', async () => {
    const storage = await open();
    const inserting = Array.from({ length: 20 }, () =>
      storage.transact((tx) => rows.insertAccount(tx, personRow({ email: 'one@example.com' }), ['member'])),
    );
    expect((await Promise.all(inserting)).filter(Boolean)).toHaveLength(1);
  });

  it('lists those with a role, and those who have no second factor', async () => {
    const storage = await open();
    const [none, app, both] = [1, 2, 3].map((createdAtMs) => personRow({ createdAtMs }));
    for (const each of [none!, app!, both!])
      await insert(storage, each, each === none ? ['admin', 'member'] : ['member']);
    await storage.transact(async ({ db, tables: { passkeys, totpSecrets } }) => {
      const secret = { sealedSecret: 's', lastStep: 0, createdAtMs: 1 };
      await db.insert(totpSecrets).values([app!, both!].map(({ id }) => ({ ...secret, accountId: id })));
      const passkey = {
        accountId: both!.id,
        publicKey: 'p',
        counter: 0,
        name: 'n',
        createdAtMs: 1,
        lastUsedAtMs: null,
      };
      const twoOfThem = ['one', 'two'].map((credentialId) => ({ ...passkey, id: randomId('pky'), credentialId }));
      await db.insert(passkeys).values(twoOfThem);
    });
    const idsBy = async (filter: Partial<rows.AccountFilter>) =>
      (await rows.listAccounts(storage.read, { kind: 'person', ...filter }, null, 10)).map(({ id }) => id);
    expect(await idsBy({ role: 'admin' })).toEqual([none!.id]);
    expect(await idsBy({ role: 'member' })).toEqual([both!.id, app!.id, none!.id]);
    expect(await idsBy({ secondFactor: 'none' })).toEqual([none!.id]);
    expect(await idsBy({ role: 'auditor', secondFactor: 'none' })).toEqual([]);
    const factors = await rows.factorsOf(storage.read, [none!.id, app!.id, both!.id]);
    expect(factors).toEqual(
      new Map([
        [app!.id, ['totp']],
        [both!.id, ['passkey', 'totp']],
      ]),
    );
  });

  it('knows whether there is any person; service accounts are none', async () => {
    const storage = await open();
    expect(await rows.hasAnyPerson(storage.read)).toBe(false);
    await insert(storage, serviceRow());
    expect(await rows.hasAnyPerson(storage.read)).toBe(false);
    await insert(storage, personRow({ status: 'disabled' }));
    expect(await rows.hasAnyPerson(storage.read)).toBe(true);
  });

  it('changes what is named and nothing else, of one account alone', async () => {
    const storage = await open();
    const other = personRow();
    await insert(storage, ADA, ['member']);
    await insert(storage, other);
    await storage.transact((tx) => rows.updateAccount(tx, ADA.id, { name: 'Countess', status: 'disabled' }));
    await storage.transact((tx) => rows.updateAccount(tx, ADA.id, { lastSignInAtMs: 9 }));
    const changed = { ...ADA, name: 'Countess', status: 'disabled', lastSignInAtMs: 9, roles: ['member'] };
    expect(await rows.findAccount(storage.read, ADA.id)).toEqual(changed);
    expect(await rows.findAccount(storage.read, other.id)).toEqual({ ...other, roles: [] });
  });

  it('locks an account as it is, and gives it with its roles', async () => {
    const storage = await open();
    await insert(storage, ADA, ['member', 'auditor']);
    const lock = (id: AccountId) => storage.transact((tx) => rows.lockAccount(tx, id));
    expect(await lock(ADA.id)).toEqual({ ...ADA, roles: ['auditor', 'member'] });
    expect(await rows.findAccount(storage.read, ADA.id)).toEqual({ ...ADA, roles: ['auditor', 'member'] });
    expect(await lock(randomId('acc'))).toBeNull();
  });

  it('lets no two decide at once by what they read of a locked account', async () => {
    const storage = await open();
    await insert(storage, { ...ADA, name: '0' });
    const addOne = () =>
      storage.transact(async (tx) => {
        const account = await rows.lockAccount(tx, ADA.id);
        await new Promise(setImmediate);
        await rows.updateAccount(tx, ADA.id, { name: String(Number(account?.name) + 1) });
      });
    await Promise.all(Array.from({ length: 20 }, addOne));
    expect(await rows.findAccount(storage.read, ADA.id)).toMatchObject({ name: '20' });
  });

  it('replaces roles: the new ones once each, the old ones gone, those of others left alone', async () => {
    const storage = await open();
    const other = personRow();
    await insert(storage, ADA, ['member', 'auditor']);
    await insert(storage, other, ['member']);
    const rolesAfter = async (given: string[]) => {
      await storage.transact((tx) => rows.replaceRoles(tx, ADA.id, given));
      return (await rows.findAccount(storage.read, ADA.id))?.roles;
    };
    expect(await rolesAfter(['admin', 'member', 'admin'])).toEqual(['admin', 'member']);
    expect(await rolesAfter([])).toEqual([]);
    expect(await rows.findAccount(storage.read, other.id)).toMatchObject({ roles: ['member'] });
  });

  it('counts the admins who can act: active people with the role', async () => {
    const storage = await open();
    const count = () => storage.transact((tx) => rows.countActiveAdmins(tx));
    expect(await count()).toBe(0);
    await insert(storage, ADA, ['admin', 'member']);
    await insert(storage, personRow(), ['admin']);
    await insert(storage, personRow(), ['member']);
    await insert(storage, personRow({ status: 'invited' }), ['admin']);
    await insert(storage, personRow({ status: 'disabled' }), ['admin']);
    await insert(storage, serviceRow(), ['admin']);
    expect(await count()).toBe(2);
    await storage.transact((tx) => rows.updateAccount(tx, ADA.id, { status: 'disabled' }));
    expect(await count()).toBe(1);
  });

  it('lists newest first, page by page, with no account twice or left out', async () => {
    const storage = await open();
    const inserted: rows.AccountRow[] = [];
    for (let index = 0; index < 11; index += 1) {
      const row = personRow({ createdAtMs: 1_000 + Math.floor(index / 3) }); // several of one millisecond
      inserted.push(row);
      await insert(storage, row, index % 2 === 0 ? ['member', 'auditor'] : []);
    }
    await insert(storage, serviceRow({ createdAtMs: 1_001 }));
    const listed: rows.AccountWithRoles[] = [];
    for (let before: Cursor | null = null; ; before = listed.at(-1)!) {
      const page: rows.AccountWithRoles[] = await rows.listAccounts(storage.read, { kind: 'person' }, before, 4);
      if (page.length === 0) break;
      listed.push(...page);
    }
    const newestFirst = inserted.toSorted((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
    expect(listed.map(({ id }) => id)).toEqual(newestFirst.map(({ id }) => id));
    const rolesOf = Object.fromEntries(listed.map(({ id, roles }) => [id, roles]));
    expect([rolesOf[inserted[0]!.id], rolesOf[inserted[1]!.id]]).toEqual([['auditor', 'member'], []]);
  });

  it('filters by state and by kind', async () => {
    const storage = await open();
    const active = await insert(storage, personRow());
    const invited = await insert(storage, personRow({ status: 'invited' }));
    const service = await insert(storage, serviceRow());
    const ids = async (filter: rows.AccountFilter) =>
      (await rows.listAccounts(storage.read, filter, null, 10)).map(({ id }) => id);
    expect(await ids({ kind: 'person', status: 'active' })).toEqual([active]);
    expect(await ids({ kind: 'person', status: 'invited' })).toEqual([invited]);
    expect(await ids({ kind: 'person', status: 'disabled' })).toEqual([]);
    expect(await ids({ kind: 'service' })).toEqual([service]);
  });

  it('searches names, addresses and the start of ids, and takes %, _ and \\ for themselves', async () => {
    const storage = await open();
    const people = {
      ada: personRow({ email: 'ada@example.com', name: 'Ada Lovelace' }),
      emile: personRow({ email: 'emile@example.org', name: 'Émile Zola' }),
      percent: personRow({ email: 'p_c@example.net', name: '100% \\sure_ly' }),
    };
    for (const row of Object.values(people)) await insert(storage, row);
    const search = async (q: string) => {
      const found = await rows.listAccounts(storage.read, { kind: 'person', q }, null, 10);
      return Object.entries(people).flatMap(([name, { id }]) => (found.some((each) => each.id === id) ? [name] : []));
    };
    expect(await search('lovE')).toEqual(['ada']);
    expect(await search('EXAMPLE.ORG')).toEqual(['emile']);
    expect(await search('Émile')).toEqual(['emile']);
    expect(await search('example')).toEqual(['ada', 'emile', 'percent']);
    for (const q of ['%', '\\', '0% \\s', 'e_l', 'p_c']) expect([q, await search(q)]).toEqual([q, ['percent']]);
    expect(await search(people.ada.id)).toEqual(['ada']);
    expect(await search(people.ada.id.slice(0, 12))).toEqual(['ada']);
    expect(await search('nobody')).toEqual([]);
    expect(await search("' or 1=1 --")).toEqual([]);
  });

  it('keeps a link as it is, and finds it by its digest alone', async () => {
    const storage = await open();
    const row = linkRow({ purpose: 'setup' });
    await storage.transact((tx) => rows.insertLink(tx, row));
    expect(await rows.findLink(storage.read, row.tokenDigest)).toEqual(row);
    expect(await rows.findLink(storage.read, 'another')).toBeNull();
  });

  it('uses a link once, before its end, for its purpose [B15]', async () => {
    const storage = await open();
    const use = (digest: string, purpose: rows.LinkRow['purpose'], nowMs: number) =>
      storage.transact((tx) => rows.useLink(tx, digest, purpose, nowMs));
    const digest = await insertLink(storage);
    expect(await use(digest, 'setup', 1_500)).toBeNull();
    expect(await use(digest, 'invitation', 2_000)).toBeNull();
    expect(await use('another', 'invitation', 1_500)).toBeNull();
    expect(await use(digest, 'invitation', 1_999)).toMatchObject({ tokenDigest: digest, usedAtMs: 1_999 });
    expect(await use(digest, 'invitation', 1_999)).toBeNull();
    expect(await rows.findLink(storage.read, digest)).toMatchObject({ usedAtMs: 1_999 });
  });

  it('lets one of twenty parallel uses of a link through [B05] [B15]', async () => {
    const storage = await open();
    const digest = await insertLink(storage);
    const uses = Array.from({ length: 20 }, () =>
      storage.transact((tx) => rows.useLink(tx, digest, 'invitation', 1_500)),
    );
    expect((await Promise.all(uses)).filter((each) => each !== null)).toHaveLength(1);
  });

  it('voids the open links of one purpose and one account, and no other', async () => {
    const storage = await open();
    const [ada, bob] = [await insert(storage, ADA), await insert(storage, personRow())];
    const links = {
      adas: await insertLink(storage, { accountId: ada }),
      adasOther: await insertLink(storage, { accountId: ada }),
      adasUsed: await insertLink(storage, { accountId: ada, usedAtMs: 1_200 }),
      bobs: await insertLink(storage, { accountId: bob }),
      setup: await insertLink(storage, { purpose: 'setup' }),
    };
    const usedAt = async () => {
      const found = Object.entries(links).map(async ([name, digest]) => [
        name,
        (await rows.findLink(storage.read, digest))?.usedAtMs,
      ]);
      return Object.fromEntries(await Promise.all(found));
    };
    await storage.transact((tx) => rows.voidLinks(tx, 'invitation', { accountId: ada, email: null }, 1_500));
    const voided = { adas: 1_500, adasOther: 1_500, adasUsed: 1_200, bobs: null, setup: null };
    expect(await usedAt()).toEqual(voided);
    await storage.transact((tx) => rows.voidLinks(tx, 'setup', { accountId: null, email: null }, 1_600));
    expect(await usedAt()).toEqual({ ...voided, setup: 1_600 });
  });
});
