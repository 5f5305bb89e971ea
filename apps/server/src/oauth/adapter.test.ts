import { onEveryDatabase } from '@latchkey/testkit/databases';
import { expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { createAdapterFactory } from './adapter.ts';

const START_MS = 1_800_000_000_000;
const MANY = 1_200;

onEveryDatabase((_name, open) => {
  it('what is over goes however much of it there is, a part with each write', async () => {
    const storage = await open();
    let nowMs = START_MS;
    const unexpected = () => new Error('nothing is refused here');
    const adapter = createAdapterFactory({
      storage,
      clock: () => nowMs,
      issuer: 'https://latchkey.example',
      endFamily: async () => undefined,
      refuse: { used: unexpected, unstorable: unexpected },
    })('Interaction');
    const count = async () => (await storage.read.db.select().from(storage.read.tables.artifacts)).length;
    for (let number = 0; number < MANY; number += 1) await adapter.upsert(`over-${number}`, {}, 20);
    expect(await count()).toBe(MANY);
    nowMs += MINUTE_MS;
    const left = [];
    for (let number = 0; number < 4; number += 1) {
      await adapter.upsert(`new-${number}`, {}, 20);
      nowMs += SECOND_MS;
      left.push(await count());
    }
    expect(left).toEqual([MANY - 500 + 1, MANY - 1_000 + 2, 3, 4]);
  });
});
