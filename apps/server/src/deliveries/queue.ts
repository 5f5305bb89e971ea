import { and, asc, eq, lte, type InferSelectModel } from 'drizzle-orm';

import type { Reader, Tables, Tx } from '../storage/index.ts';

type QueueTables = Pick<Tables, 'signOutNotices' | 'alertDeliveries'>;
type Tried = { id: string; tries: number };

/** What waits to be delivered, and who takes a try on. */
export type Queue<Row> = {
  /** Whose next try is due, the longest due first. */
  listDue(reader: Reader, nowMs: number, limit: number): Promise<Row[]>;
  /** Takes one try on; false when somebody else has. Should the server end meanwhile, the next one is at `nextTryAtMs`. */
  takeTry(tx: Tx, row: Row, nextTryAtMs: number): Promise<boolean>;
  remove(tx: Tx, row: Row): Promise<void>;
};

export function queueOf<Name extends keyof QueueTables>(name: Name): Queue<InferSelectModel<QueueTables[Name]>> {
  const tableOf = (tables: Tables): QueueTables[keyof QueueTables] => tables[name];

  const queue: Queue<Tried> = {
    async listDue({ db, tables }, nowMs, limit) {
      const table = tableOf(tables);
      return db
        .select()
        .from(table)
        .where(lte(table.nextTryAtMs, nowMs))
        .orderBy(asc(table.nextTryAtMs), asc(table.id))
        .limit(limit);
    },
    async takeTry({ db, tables }, { id, tries }, nextTryAtMs) {
      const table = tableOf(tables);
      const taken = await db
        .update(table)
        .set({ tries: tries + 1, nextTryAtMs })
        .where(and(eq(table.id, id), eq(table.tries, tries)))
        .returning({ id: table.id });
      return taken.length > 0;
    },
    async remove({ db, tables }, { id }) {
      const table = tableOf(tables);
      await db.delete(table).where(eq(table.id, id));
    },
  };
  // Its rows are whole rows of its table.
  return queue as Queue<never>;
}
