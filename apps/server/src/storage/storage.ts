import { AsyncLocalStorage } from 'node:async_hooks';

import type { ReadDatabase, WriteDatabase } from './databases.ts';
import type { ReadStatement, Statements, Values, WriteStatement } from './statements.ts';
import type { Tables } from './tables.ts';

/** Whatever only asks takes one of these: the read-only connection, or a transaction. */
export type Reader = {
  readonly db: ReadDatabase;
  readonly tables: Tables;
  run<Given, Rows>(statement: ReadStatement<Given, Rows>, ...values: Values<Given>): Promise<Rows>;
};

declare const TX: unique symbol;

/** Whoever writes must hold one, and only `transact` makes them. */
export type Tx = {
  readonly db: WriteDatabase;
  readonly tables: Tables;
  run<Given, Rows>(statement: WriteStatement<Given, Rows>, ...values: Values<Given>): Promise<Rows>;
  readonly [TX]: true;
};

export type Storage = {
  readonly kind: 'sqlite' | 'postgres';
  /** Read-only. Not to be used inside `transact`, where it would miss the transaction's own writes: use the `tx`. */
  readonly read: Reader;
  /**
   * The only way to write: all of `work` or nothing, durable once the promise is kept. Nothing slow is awaited inside
   * (hash, sign and send before or after), nor another transaction, which may share its commit; and `work` touches nothing
   * but its `tx`, since it runs again when PostgreSQL breaks a deadlock with it.
   */
  transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Throws `storage_unavailable` when the database can't be asked. */
  check(): Promise<void>;
  close(): Promise<void>;
};

const transactions = new AsyncLocalStorage<{ open: boolean }>();

/** Whether this call chain is inside a `transact` that isn't over. */
function isInsideTransaction(): boolean {
  return transactions.getStore()?.open === true;
}

export function refuseNesting(): void {
  if (isInsideTransaction()) throw new Error('transact inside transact: hand the tx down instead');
}

/** A class, since an object with a getter of its own is a shape of its own to V8, which outlives it. */
class OpenTx {
  readonly tables: Tables;
  readonly #on: Connected<WriteDatabase>;
  readonly #state: { open: boolean };

  constructor(on: Connected<WriteDatabase>, tables: Tables, state: { open: boolean }) {
    this.tables = tables;
    this.#on = on;
    this.#state = state;
  }

  get db(): WriteDatabase {
    return this.#open().db;
  }

  async run<Given, Rows>(statement: WriteStatement<Given, Rows>, ...values: Values<Given>): Promise<Rows> {
    return this.#open().statements.run(statement, values);
  }

  #open(): Connected<WriteDatabase> {
    if (!this.#state.open) throw new Error('the transaction is over');
    return this.#on;
  }
}

/** A database, and the statements that were compiled for it. */
export type Connected<Db> = { readonly db: Db; readonly statements: Statements<Db> };

/** Runs `work` with a `Tx` that throws when it is used after its end, where a write would belong to nobody's transaction. */
export async function withTx<Result>(
  on: Connected<WriteDatabase>,
  tables: Tables,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const state = { open: true };
  const tx = new OpenTx(on, tables, state);
  try {
    return await transactions.run(state, () => work(tx as unknown as Tx));
  } finally {
    state.open = false;
  }
}

/** A reader over the read-only connection that is there now. */
export function readerOf(current: () => Connected<ReadDatabase>, tables: Tables): Reader {
  const now = () => {
    if (isInsideTransaction()) throw new Error('storage.read inside transact: read through the tx instead');
    return current();
  };
  return {
    get db() {
      return now().db;
    },
    tables,
    async run(statement, ...values) {
      return now().statements.run(statement, values);
    },
  };
}
