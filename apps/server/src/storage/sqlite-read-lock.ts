import type Database from 'better-sqlite3';

/**
 * Makes much reading cheap. Each question is a read transaction of its own, and so finds whatever any process has committed;
 * but its lock and unlock are system calls, which cost three times what the question does. SQLite's locks are the process's:
 * while one of its connections holds the lock, the others take it without the kernel. This connection holds it, from the first
 * question in a turn of the event loop to the end of that turn.
 */
export class ReadLock {
  readonly #connection: Database.Database;
  /** To ask the connection would take longer than a question does. */
  #isHeld = false;

  constructor(connection: Database.Database) {
    this.#connection = connection;
  }

  /** Before each question. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    setImmediate(this.#leave);
    // BEGIN alone locks nothing.
    this.#connection.exec('BEGIN; SELECT 1 FROM sqlite_master LIMIT 1');
  }

  /** Before each commit, which else couldn't move the log into the file. */
  leave(): void {
    this.#isHeld = false;
    if (this.#connection.open && this.#connection.inTransaction) this.#connection.exec('COMMIT');
  }

  readonly #leave = (): void => this.leave();
}
