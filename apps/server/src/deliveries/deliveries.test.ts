import type { AlertId } from '@latchkey/schemas';
import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import type { Storage } from '../storage/index.ts';
import { createDeliveries } from './deliveries.ts';
import { queueOf } from './queue.ts';

const QUEUE = queueOf('alertDeliveries');

async function put(storage: Storage, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, place) => {
    const id = `msg_${String(place).padStart(2, '0')}`;
    return {
      id,
      alertId: 'alr_1' as AlertId,
      type: 'alert.opened' as const,
      seenAtMs: 0,
      tries: 0,
      nextTryAtMs: place,
    };
  });
  await storage.transact(async (tx) => void (await tx.db.insert(tx.tables.alertDeliveries).values(rows)));
}

onEveryDatabase((_, open) => {
  it('a try is taken on by one, of all who saw that it was due', async () => {
    const storage = await open();
    await put(storage, 1);
    const [row] = await QUEUE.listDue(storage.read, 0, 10);
    const take = () => storage.transact((tx) => QUEUE.takeTry(tx, row!, 0));
    const taken = await Promise.all(Array.from({ length: 5 }, take));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await QUEUE.listDue(storage.read, 0, 10)).toEqual([{ ...row, tries: 1 }]);
  });

  it('closing waits for the tries that are under way, and leaves the rest to the next start', async () => {
    const storage = await open();
    await put(storage, 50);
    const delivered: string[] = [];
    const beginTo = (deliver: (id: string) => Promise<void>) =>
      createDeliveries({
        storage,
        clock: () => 1_000,
        queue: QUEUE,
        waitsMs: [1_000],
        async deliver({ id }) {
          await deliver(id);
          delivered.push(id);
        },
        onUndelivered: (error) => expect.unreachable(String(error)),
        onFailure: (error) => expect.unreachable(String(error)),
      });
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = beginTo(() => {
      begin();
      return gate;
    });
    void first.look();
    await begun;
    const closed = first.close();
    release();
    await closed;
    expect(delivered).toHaveLength(20);

    const second = beginTo(async () => undefined);
    await second.look();
    await second.close();
    expect(new Set(delivered).size).toBe(50);
    expect(delivered).toHaveLength(50);
  });
});
