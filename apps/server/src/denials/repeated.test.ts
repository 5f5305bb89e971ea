import { onEveryDatabase } from '@latchkey/testkit/databases';
import { describe, expect, it } from 'vitest';

import { NOWHERE, type AccountActor, type Credential } from '../actors/index.ts';
import { createAudit } from '../audit/index.ts';
import { createRateLimits } from '../rate-limits/index.ts';
import type { Storage } from '../storage/index.ts';
import { MINUTE_MS } from '../time/index.ts';
import { createRepeated } from './repeated.ts';

const SESSION: Credential = { kind: 'session', id: 'ses_1' as never, authenticatedAtMs: 0 };
const KEY: Credential = { kind: 'api_key', id: 'key1' as never };

function actor(credential: Credential): AccountActor {
  const who = {
    kind: 'person',
    accountId: 'acc_1' as never,
    name: 'Ada',
    email: 'ada@example.com',
    roles: [],
  } as const;
  return { ...who, permissions: new Set(), credential, from: NOWHERE };
}

function instanceOn(storage: Storage, time: { nowMs: number }) {
  const clock = () => time.nowMs;
  const audit = createAudit({ storage, clock });
  const repeated = createRepeated({ audit, rateLimits: createRateLimits({ storage, clock }) });
  return {
    ...repeated,
    async denied(times: number, credential = SESSION, code = 'permission_missing') {
      for (let each = 0; each < times; each += 1) repeated.noteDenial(actor(credential), code);
      const taken = repeated.take();
      await storage.transact((tx) => repeated.write(tx, taken, new Set()));
    },
    told: async () =>
      (await audit.list({ limit: 100 })).items.map(({ act, target, details }) => [act, target?.id, details?.['count']]),
  };
}

onEveryDatabase((_name, open) => {
  describe('who is refused again and again', () => {
    it('is told of once in ten minutes, however many instances refuse', async () => {
      const [storage, time] = [await open(), { nowMs: 1_800_000_000_000 }];
      const [one, other] = [instanceOn(storage, time), instanceOn(storage, time)];
      await Promise.all([one.denied(25), other.denied(25)]);
      expect(await one.told()).toEqual([]);
      await Promise.all([one.denied(10), other.denied(10)]);
      await one.denied(100);
      const told = await other.told();
      expect(told).toEqual([['denial.repeated', 'acc_1', expect.any(Number)]]);
      time.nowMs += 10 * MINUTE_MS;
      await one.denied(51);
      expect(await one.told()).toEqual([['denial.repeated', 'acc_1', 51], ...told]);
    });

    it('is the key where there is one, and nobody who is asked for a fresh proof', async () => {
      const one = instanceOn(await open(), { nowMs: 1_800_000_000_000 });
      await one.denied(51, SESSION, 'fresh_sign_in_needed');
      expect(await one.told()).toEqual([]);
      await one.denied(30, SESSION);
      await one.denied(51, KEY);
      expect(await one.told()).toEqual([['denial.repeated', 'key1', 51]]);
    });

    it('is one of a thousand at most between two writes', () => {
      const { noteRefusedCredential, take } = createRepeated({} as never);
      for (let each = 0; each < 5_000; each += 1)
        noteRefusedCredential({ ...NOWHERE, address: `10.0.${each >> 8}.${each & 255}` }, 'api_key_invalid');
      expect(take().size).toBe(1_000);
      expect(take().size).toBe(0);
    });
  });
});
