import type { Config } from '../config/index.ts';
import { Refused } from './command.ts';

/** The SQLite database's file. PostgreSQL has a better program of its own for what is asked. */
export function fileOf({ database }: Config, postgresProgram: string): string {
  if (database.kind === 'sqlite') return database.file;
  throw new Refused(`The database is PostgreSQL. Use ${postgresProgram}, which comes with it.`);
}
