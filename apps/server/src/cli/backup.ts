import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { copySqlite, isSqliteThere } from '../storage/index.ts';
import { Refused, type Noun } from './command.ts';
import { fileOf, noDatabase } from './database-file.ts';

export const backup: Noun = {
  '': {
    means: 'Copies the SQLite database while the server goes on. The secret isn’t in the copy: keep it elsewhere.',
    takes: 'FILE',
    async run({ config, taken }) {
      const from = fileOf(config(), 'pg_dump --format=custom');
      const to = resolve(taken);
      if (!isSqliteThere(from)) throw new Refused(noDatabase(config()));
      if (existsSync(to)) throw new Refused(`${to} is there already. Name a new file.`);
      if (!existsSync(dirname(to))) throw new Refused(`There is no folder ${dirname(to)}.`);
      await copySqlite(from, to);
      return {
        line: `Copied the database to ${to}. The secret isn’t in it: keep a copy of that elsewhere.`,
        json: { file: to, holdsSecret: false },
      };
    },
  },
};
