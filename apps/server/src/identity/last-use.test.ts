import type { ApiKeyId } from '@latchkey/schemas';
import { openTestServer, type TestServer } from '@latchkey/testkit';
import { eq, isNull } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time/index.ts';

let server: TestServer;

afterEach(() => server.close());

/** So many keys of the first admin. */
async function addKeys(count: number): Promise<ApiKeyId[]> {
  const ids = Array.from({ length: count }, (_, number) => String(number).padStart(22, '0') as ApiKeyId);
  const [owner] = await server.storage.read.db.select().from(server.storage.read.tables.accounts);
  const common = { accountId: owner!.id, name: 'Many', secretDigest: '', permissions: [], ipAllowList: [] };
  await server.storage.transact(({ db, tables }) =>
    db.insert(tables.apiKeys).values(ids.map((id) => ({ ...common, id, allowQuery: false, createdAtMs: 1 }))),
  );
  return ids;
}

describe('the time of last use', () => {
  it('is written for every one of many keys, and for no other', async () => {
    server = await openTestServer();
    const [unused, ...used] = await addKeys(1_500);
    server.clock.advance(MINUTE_MS);
    for (const id of used) server.lastUse.apiKey(id);
    await server.lastUse.flush();
    const { db, tables } = server.storage.read;
    const { id, lastUsedAtMs } = tables.apiKeys;
    expect(await db.select({ id }).from(tables.apiKeys).where(isNull(lastUsedAtMs))).toEqual([{ id: unused }]);
    expect(await db.select({ id }).from(tables.apiKeys).where(eq(lastUsedAtMs, server.clock.now()))).toHaveLength(
      1_499,
    );
  });

  it('is there for whoever waited for a write, though another was under way', async () => {
    server = await openTestServer();
    const ids = await addKeys(1_500);
    for (const id of ids) server.lastUse.apiKey(id);
    void server.lastUse.flush();
    await server.lastUse.flush();
    const { db, tables } = server.storage.read;
    expect(await db.select().from(tables.apiKeys).where(isNull(tables.apiKeys.lastUsedAtMs))).toEqual([]);
  });
});
