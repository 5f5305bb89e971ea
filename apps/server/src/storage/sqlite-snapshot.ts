import type Database from 'better-sqlite3';

/**
 * One read transaction for all that is asked in a turn of the event loop, since to begin and end one costs four times what a
 * question costs. It misses nothing that a caller could know of: it is let go before a commit of ours, and what comes after
 * another process's is read in a later turn.
 */
export class Snapshot {
  readonly #reader: Database.Database;
  readonly #begin: Database.Statement;
  readonly #end: Database.Statement;

  constructor(reader: Database.Database) {
    this.#reader = reader;
    this.#begin = reader.prepare('BEGIN');
    this.#end = reader.prepare('COMMIT');
  }

  /** Before each question. Nothing is read yet. */
  take(): void {
    if (this.#reader.inTransaction) return;
    this.#begin.run();
    setImmediate(this.#leave);
  }

  /** The next question finds what is there then. */
  leave(): void {
    if (this.#reader.open && this.#reader.inTransaction) this.#end.run();
  }

  readonly #leave = (): void => this.leave();
}
