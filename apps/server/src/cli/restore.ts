import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

import { verifyChain } from '../audit/index.ts';
import { inDataDir, loadSecrets, type Config } from '../config/index.ts';
import { createSealer } from '../crypto/index.ts';
import { canOpenTotpSecrets } from '../factors/index.ts';
import { canOpenKeys } from '../signing-keys/index.ts';
import { copySqlite, openStorage, replaceSqlite } from '../storage/index.ts';
import { systemClock } from '../time/index.ts';
import { Refused, type Noun } from './command.ts';
import { fileOf } from './database-file.ts';

export const restore: Noun = {
  '': {
    means: 'Puts a backup in the place of the SQLite database, once it is checked. The server must be stopped.',
    takes: 'FILE',
    async run({ config, taken }) {
      const checked = config();
      const file = fileOf(checked, 'pg_restore');
      const from = resolve(taken);
      if (!existsSync(from)) throw new Refused(`There is no file ${from}.`);
      const stamp = new Date(systemClock()).toISOString().replaceAll(/\D/g, '').slice(0, 14);
      const kept = existsSync(file) ? `${file}.before-${stamp}` : null;
      const restoring = `${file}.restoring-${stamp}`;
      await inDataDir(checked, async () =>
        withCheckedCopy(checked, from, restoring, (copy) => {
          if (!replaceSqlite(file, copy, kept ?? file)) {
            throw new Refused('The server is running on this database. Stop it first.');
          }
        }),
      );
      const line = `Restored ${from}.${kept === null ? '' : ` What was there before is ${kept}.`}`;
      return { line, json: { file, kept } };
    },
  },
};

/** The backup itself is left as it is: the copy is brought up to date, judged, and then moved. */
async function withCheckedCopy(config: Config, from: string, copy: string, use: (copy: string) => void): Promise<void> {
  try {
    await copySqlite(from, copy).catch(explainUnusable);
    await judge(config, copy);
    use(copy);
  } finally {
    for (const part of ['', '-wal', '-shm']) rmSync(copy + part, { force: true });
  }
}

function explainUnusable(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  throw new Refused(`The backup can’t be used: ${error.message}.`);
}

async function judge(config: Config, copy: string): Promise<void> {
  const storage = await openStorage({ kind: 'sqlite', file: copy });
  try {
    const broken = await verifyChain(storage.read);
    if (broken !== null) throw new Refused(`Entry ${broken} of the backup’s audit log was changed, removed or put in.`);
    const sealer = createSealer(await loadSecrets(config));
    const opensKeys = await canOpenKeys({ storage, clock: systemClock, sealer });
    if (opensKeys && (await canOpenTotpSecrets({ storage, sealer }))) return;
    throw new Refused(
      'The secret here doesn’t open all that the backup has sealed. Put back the one that it was made with.',
    );
  } finally {
    await storage.close();
  }
}
