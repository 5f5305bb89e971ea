import { and, eq, gt, isNull, lte, ne } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';

export type SigningKeyRow = Tables['signingKeys']['$inferSelect'];

type Ending = { algorithm: SigningKeyRow['algorithm']; nowMs: number; removedFromMs: number };

/** Every key that there ever was: about a dozen a year. */
export async function listSigningKeys({ db, tables: { signingKeys } }: Reader): Promise<SigningKeyRow[]> {
  return db.select().from(signingKeys).orderBy(signingKeys.activeFromMs, signingKeys.kid);
}

export async function insertSigningKey({ db, tables: { signingKeys } }: Tx, row: SigningKeyRow): Promise<void> {
  await db.insert(signingKeys).values(row);
}

/** Gives the active keys that have no end yet their end. Of two instances that try, one gets them: it makes the successor. */
export async function endUnendedKeys(
  { db, tables: { signingKeys } }: Tx,
  { algorithm, nowMs, removedFromMs }: Ending,
): Promise<string[]> {
  const ended = await db
    .update(signingKeys)
    .set({ removedFromMs })
    .where(
      and(
        eq(signingKeys.algorithm, algorithm),
        isNull(signingKeys.removedFromMs),
        lte(signingKeys.activeFromMs, nowMs),
      ),
    )
    .returning({ kid: signingKeys.kid });
  return ended.map(({ kid }) => kid);
}

/** Lets active keys end sooner than they would have, but for the one that has just taken over. */
export async function endKeysSooner(
  { db, tables: { signingKeys } }: Tx,
  { algorithm, nowMs, removedFromMs, except }: Ending & { except: string },
): Promise<void> {
  await db
    .update(signingKeys)
    .set({ removedFromMs })
    .where(
      and(
        eq(signingKeys.algorithm, algorithm),
        ne(signingKeys.kid, except),
        gt(signingKeys.removedFromMs, removedFromMs),
        lte(signingKeys.activeFromMs, nowMs),
      ),
    );
}

/** Moves a key's start and end, unless somebody else moved it first. */
export async function moveKey(
  { db, tables: { signingKeys } }: Tx,
  { kid, activeFromMs: fromMs }: SigningKeyRow,
  { activeFromMs, removedFromMs }: { activeFromMs: number; removedFromMs: number },
): Promise<boolean> {
  const moved = await db
    .update(signingKeys)
    .set({ activeFromMs, removedFromMs })
    .where(and(eq(signingKeys.kid, kid), eq(signingKeys.activeFromMs, fromMs)))
    .returning({ kid: signingKeys.kid });
  return moved.length === 1;
}

export async function resealKey(
  { db, tables: { signingKeys } }: Tx,
  kid: string,
  sealedPrivateKey: string,
): Promise<void> {
  await db.update(signingKeys).set({ sealedPrivateKey }).where(eq(signingKeys.kid, kid));
}
