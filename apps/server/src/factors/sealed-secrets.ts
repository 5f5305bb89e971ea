import type { AccountId } from '@latchkey/schemas';

import type { Sealer } from '../crypto/index.ts';
import type { Reader, Storage } from '../storage/index.ts';
import * as rows from './rows.ts';

/** What the secrets of authenticator apps are sealed for. */
export const TOTP_PURPOSE = 'totp secret';

type Needs = { storage: Storage; sealer: Sealer };

/** For the start: those that an older master secret sealed are sealed by the newest, so that the older ones may be dropped. */
export async function resealTotpSecrets({ storage, sealer }: Needs): Promise<void> {
  if (!sealer.hasOlder) return;
  for await (const page of pagesOf(storage.read)) {
    const stale = page.flatMap((row) => {
      const sealed = sealer.reseal(TOTP_PURPOSE, row.sealedSecret);
      return sealed === null ? [] : [{ row, sealed }];
    });
    if (stale.length === 0) continue;
    await storage.transact(async (tx) => {
      for (const { row, sealed } of stale) await rows.resealTotp(tx, row, sealed);
    });
  }
}

/** Whether the master secrets open all of them. Changes nothing. */
export async function canOpenTotpSecrets({ storage, sealer }: Needs): Promise<boolean> {
  for await (const page of pagesOf(storage.read)) {
    if (page.some(({ sealedSecret }) => sealer.open(TOTP_PURPOSE, sealedSecret) === null)) return false;
  }
  return true;
}

async function* pagesOf(reader: Reader): AsyncGenerator<rows.TotpRow[]> {
  for (let after: AccountId | null = null; ;) {
    const page: rows.TotpRow[] = await rows.listTotp(reader, after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.accountId;
  }
}
