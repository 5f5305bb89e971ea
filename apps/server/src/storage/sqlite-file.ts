import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import Database from 'better-sqlite3';

import { unavailable } from './faults.ts';
import { isOurSqlite, migrateSqlite, SQLITE_APPLICATION_ID } from './migrations.ts';

/** How long the connections may go on before the file under them is looked at again. */
const LOOK_EVERY_MS = 250;

/** How long opening waits for another process, such as one that migrates. */
const OPENING_WAIT_MS = 5_000;

/** How long a look at the file waits. Only a recovery after a crash makes readers wait at all. */
const LOOK_WAIT_MS = 500;

/** How long one statement may block this process for another one's lock. `transact` waits longer, without blocking. */
const BUSY_WAIT_MS = 20;

/** Pages that are remembered, at most. Each key in use takes up to seven of 4 KB, with its account and roles: it holds 1,400 of ten million. */
const READER_CACHE_KILOBYTES = 40_000;
/** What writes comes in batches, in the order of the tables. */
const WRITER_CACHE_KILOBYTES = 8_000;

/** 32 MB of log before it is moved into the file: what is written again and again meanwhile is moved once. */
const LOG_PAGES = 8_000;

/** https://www.sqlite.org/fileformat.html#the_database_header */
const HEADER_TEXT = 'SQLite format 3\0';
const APPLICATION_ID_OFFSET = 68;
const HEADER_BYTES = 100;

export type Connections = {
  readonly writer: Database.Database;
  readonly reader: Database.Database;
  /** Reads nothing: see `ReadLock`. */
  readonly lockHolder: Database.Database;
  /** The same file, to see its header as it is on the disk. Closing it would drop SQLite's own locks, so it stays open as long as they do. */
  readonly file: number;
};

/** One SQLite file, by one connection that writes and one that can't. It notices when the file is damaged, gone, or another one. */
export class SqliteFile {
  readonly #path: string;
  #connections: Connections | null;
  #seen: { inode: string; changed: string };
  #lookedAtMs = -Infinity;
  #closed = false;

  constructor(path: string, mustExist: boolean) {
    this.#path = path;
    this.#connections = mustExist ? connectToExisting(path) : connectToAny(path);
    this.#seen = look(path);
    this.check();
  }

  /** The connections that may be used now. Throws `storage_unavailable`. */
  connections(): Connections {
    if (performance.now() - this.#lookedAtMs >= LOOK_EVERY_MS) this.#look();
    // A file that fails is tried again at the next look, not by every request.
    if (this.#connections === null) throw unavailable(new Error('the database file was unusable a moment ago'));
    return this.#connections;
  }

  /** Reads from the file, not from what the connections remember of it. */
  check(): void {
    this.#seen = { ...this.#seen, changed: '' };
    this.#look();
  }

  /** Leaves connections that broke: the next use opens the file anew. Does nothing about ones that were left before. */
  abandon(connections: Connections): void {
    if (this.#connections !== connections) return;
    this.#disconnect();
    this.#lookedAtMs = -Infinity;
  }

  close(): void {
    this.#closed = true;
    if (this.#connections === null) return;
    this.#connections.lockHolder.close();
    this.#connections.reader.close();
    this.#connections.writer.close(); // last, so that it moves the write-ahead log into the file
    closeSync(this.#connections.file);
    this.#connections = null;
  }

  #look(): void {
    if (this.#closed) throw unavailable(new Error('storage is closed'));
    this.#lookedAtMs = performance.now();
    try {
      this.#compare(look(this.#path));
    } catch (error) {
      this.#disconnect();
      throw unavailable(error);
    }
  }

  #compare(now: { inode: string; changed: string }): void {
    if (now.inode !== this.#seen.inode) this.#disconnect();
    if (this.#connections && now.changed === this.#seen.changed) return;
    if (this.#connections) {
      requireHeader(this.#connections.file);
      probe(this.#path);
    } else this.#connections = connectAgain(this.#path);
    this.#seen = look(this.#path);
  }

  #disconnect(): void {
    if (this.#connections) disconnect(this.#connections);
    this.#connections = null;
  }
}

/** Begins the file where there is none. */
function connectToAny(path: string): Connections {
  createPrivately(path);
  return connect(path);
}

function connectToExisting(path: string): Connections {
  try {
    return connectAgain(path);
  } catch (error) {
    throw unavailable(error);
  }
}

function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600)); // SQLite gives its log and index beside it the same mode
}

function connect(path: string): Connections {
  const file = openSync(path, 'r');
  const [reader, lockHolder] = [openReader(path), openReader(path)];
  const writer = new Database(path, { fileMustExist: true, timeout: OPENING_WAIT_MS });
  const connections = { file, reader, lockHolder, writer };
  reader.pragma(`cache_size = -${READER_CACHE_KILOBYTES}`);
  writer.pragma(`cache_size = -${WRITER_CACHE_KILOBYTES}`);
  try {
    isOurSqlite(reader); // only with its first question does a connection hold the file: see `disconnect`
    prepareWriter(writer);
    isOurSqlite(reader); // and of a new file once more, since the log began only now
    return connections;
  } catch (error) {
    disconnect(connections);
    throw error;
  }
}

function openReader(path: string): Database.Database {
  return new Database(path, { readonly: true, timeout: OPENING_WAIT_MS });
}

function prepareWriter(writer: Database.Database): void {
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = FULL'); // NORMAL would survive a killed process, but not a power cut
  writer.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
  migrateSqlite(writer);
  writer.pragma('wal_checkpoint(PASSIVE)'); // so that a new file has its header
  writer.pragma(`busy_timeout = ${BUSY_WAIT_MS}`);
}

/** A file that lost its header isn't opened at all: SQLite would delete an empty file's log, which may be all that is left. */
function connectAgain(path: string): Connections {
  const file = openSync(path, 'r');
  try {
    requireHeader(file);
  } finally {
    closeSync(file);
  }
  probe(path);
  return connect(path);
}

/**
 * In this order: the last connection to close moves the write-ahead log into the file, unless it can't write. The log must outlive a
 * file that is damaged now and put back later.
 */
function disconnect({ writer, reader, lockHolder, file }: Connections): void {
  writer.close();
  lockHolder.close();
  reader.close();
  closeSync(file);
}

/** `changed` is of the inode, so it moves with a write, a rename and a change of mode. */
function look(path: string): { inode: string; changed: string } {
  const { dev, ino, ctimeMs, size } = statSync(path);
  return { inode: `${dev}:${ino}`, changed: `${ctimeMs}:${size}` };
}

/** Throws unless a new connection finds our tables. */
function probe(path: string): void {
  const connection = new Database(path, { readonly: true, timeout: LOOK_WAIT_MS });
  try {
    if (!isOurSqlite(connection)) throw new Error('the file holds no Latchkey database');
  } finally {
    connection.close();
  }
}

function requireHeader(file: number): void {
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(file, header, 0, HEADER_BYTES, 0);
  const isOurs =
    header.toString('latin1', 0, HEADER_TEXT.length) === HEADER_TEXT &&
    header.readInt32BE(APPLICATION_ID_OFFSET) === SQLITE_APPLICATION_ID;
  if (!isOurs) throw new Error('the database file is damaged');
}
