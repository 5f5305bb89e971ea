import Database from 'better-sqlite3';
import { DrizzleQueryError } from 'drizzle-orm';

import { Problem } from '../problems/index.ts';

const RETRY_AFTER_SECONDS = 2;

/** https://www.sqlite.org/rescode.html: the file, the disk or a lock, never the query. */
const SQLITE_OUTAGE = /^SQLITE_(?:BUSY|CANTOPEN|CORRUPT|FULL|IOERR|LOCKED|NOLFS|NOMEM|NOTADB|PERM|PROTOCOL|READONLY)/;

/**
 * SQLSTATE classes 08 (connection), 28 (our login), 3D (our database is gone), 53 (resources), 57 (operator), 58 (system),
 * XX (corruption), and 25006/25P03/40001/40P01/55P03: a standby, an idle limit, a lost race, a lock that wasn't had in time.
 */
const POSTGRES_OUTAGE = /^(?:08|28|3D|53|57|58|XX|25006|25P03|40001|40P01|55P03)/;

const POSTGRES_LOST_RACE = /^(?:40001|40P01)$/;

/** Class 22, data exceptions, whose text repeats the value that was refused. */
const POSTGRES_QUOTES_VALUES = /^22/;

/** What a driver throws when there is no connection, or it broke; a refused query is a `DatabaseError` or an `SqliteError` instead. */
const CONNECTION_FAULT =
  /^Connection terminated|^timeout exceeded when trying to connect|^Query read timeout|connection error and is not queryable|closed and is not queryable|^PGlite is clos/i;
const SOCKET_FAULT = /^(?:ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_|EHOST|ENET|ENOENT$|EACCES$)/;

/** A query that failed though the database works: a bug. Its text goes to the log, so it holds no values. */
class QueryFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'QueryFailure';
    this.code = code;
  }
}

export function unavailable(cause: unknown): Problem {
  return new Problem('storage_unavailable', { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/** drizzle wraps what the driver threw, and puts the query's parameters (digests, addresses) into its own text. */
function thrownByDriver(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}

/** Of these, the ones that leave the connection as good as it was: it was someone else's turn, or there is no room. */
const SQLITE_PASSES = /^SQLITE_(?:BUSY|FULL|LOCKED|READONLY$)/;

/** Whether the connection isn't to be trusted any more. */
export function breaksSqliteConnection(error: unknown): boolean {
  return error instanceof Database.SqliteError && SQLITE_OUTAGE.test(error.code) && !SQLITE_PASSES.test(error.code);
}

export function isSqliteBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Whether PostgreSQL gave up a transaction for the sake of another, so that it may be run again. */
export function isLostRace(error: unknown): boolean {
  const cause = error instanceof Problem ? error.cause : thrownByDriver(error);
  return cause instanceof Error && isServerError(cause) && POSTGRES_LOST_RACE.test(cause.code);
}

export function sqliteFault(error: unknown): unknown {
  return error instanceof Database.SqliteError && SQLITE_OUTAGE.test(error.code) ? unavailable(error) : error;
}

/** What storage throws for what the PostgreSQL driver threw. Only for errors of the driver: others have sockets too. */
export function postgresFault(error: unknown): unknown {
  const cause = thrownByDriver(error);
  if (!(cause instanceof Error) || cause instanceof Problem) return cause;
  if (isServerError(cause)) return serverFault(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return SOCKET_FAULT.test(code) || CONNECTION_FAULT.test(cause.message) ? unavailable(cause) : cause;
}

type ServerError = Error & { code: string };

/** By shape, as PGlite has a class of its own for what the server answers. */
function isServerError(error: Error): error is ServerError {
  return 'severity' in error && 'code' in error && typeof error.code === 'string';
}

function serverFault(error: ServerError): Error {
  if (POSTGRES_OUTAGE.test(error.code)) return unavailable(error);
  const text = POSTGRES_QUOTES_VALUES.test(error.code) ? 'a value was refused' : error.message;
  return new QueryFailure(error.code, `PostgreSQL ${error.code}: ${text}`);
}

/** The outage behind an error, through its `cause`s, or null when it is something else. For the edges, about anything unknown. */
export function storageProblemOf(error: unknown): Problem | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    const fault = each instanceof DrizzleQueryError || isServerError(each) ? postgresFault(each) : sqliteFault(each);
    if (fault instanceof Problem && fault.code === 'storage_unavailable') return fault;
  }
  return null;
}

/** PostgreSQL's word for a role that may not do what every start needs. */
const POSTGRES_NO_RIGHTS = '42501';

/** What was said of a database that can't be used; null when the error is something else. */
export function outageOf(error: unknown): string | null {
  if (error instanceof QueryFailure && error.code === POSTGRES_NO_RIGHTS) return error.message;
  const cause = storageProblemOf(error)?.cause;
  if (!(cause instanceof Error)) return null;
  // Of several addresses that all refused, Node says the code alone.
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
