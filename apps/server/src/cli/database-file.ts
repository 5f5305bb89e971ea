import type { Config } from '../config/index.ts';
import { Refused } from './command.ts';

/** The SQLite database's file. PostgreSQL has a better program of its own for what is asked. */
export function fileOf({ database }: Config, postgresProgram: string): string {
  if (database.kind === 'sqlite') return database.file;
  throw new Refused(`The database is PostgreSQL. Use ${postgresProgram}, which comes with it.`);
}

export const HOW_TO_BEGIN = 'Correct the configuration, or start the server, which makes it.';

export function noDatabase({ database }: Config): string {
  if (database.kind === 'sqlite')
    return `There is no database at ${database.file}: LATCHKEY_DATA_DIR names its folder.`;
  return 'There is no database of Latchkey at DATABASE_URL.';
}
