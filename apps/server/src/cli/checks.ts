import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { countUndelivered } from '../alerts/index.ts';
import { createAudit, verifyTail } from '../audit/index.ts';
import { loadSecrets, type Config } from '../config/index.ts';
import { createSealer } from '../crypto/index.ts';
import { canOpenTotpSecrets } from '../factors/index.ts';
import { canOpenKeys } from '../signing-keys/index.ts';
import { openStorage, outageOf, pendingMigrations, type Storage } from '../storage/index.ts';
import { MINUTE_MS, systemClock } from '../time/index.ts';
import { HOW_TO_BEGIN, noDatabase } from './database-file.ts';

/** What a check found, and where it isn't good, what to do. */
export type Finding = { check: string; outcome: 'ok' | 'warn' | 'fail'; says: string; remedy?: string };

const TAIL = 10_000;
const MEGABYTE = 1024 * 1024;
const FULL_BELOW = 100 * MEGABYTE;
const SCARCE_BELOW = 1024 * MEGABYTE;

export async function checksOf(config: Config): Promise<Finding[]> {
  const { dataDir } = config;
  if (!usesFolder(config)) return [secret(config), address(config), ...(await database(config))];
  if (!takesFiles(dataDir)) {
    const says = `${dataDir} is no folder that this user can make or write to.`;
    return [{ check: 'data folder', outcome: 'fail', says, remedy: 'Correct LATCHKEY_DATA_DIR.' }];
  }
  return [secret(config), ...files(config), space(config), address(config), ...(await database(config))];
}

/** A server that is given its secret, PostgreSQL and a mail server keeps nothing in the folder. */
function usesFolder({ secrets, database: where, mail }: Config): boolean {
  return secrets === null || where.kind === 'sqlite' || mail.smtpUrl === null;
}

/** Of what isn't there, as far as the folder tells in which it would be. */
function takesFiles(path: string): boolean {
  if (!existsSync(path)) return takesFiles(dirname(path));
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    // Whatever the file system says, nothing can be written there.
    return false;
  }
}

const isThere = (config: Config) => config.database.kind === 'postgres' || existsSync(config.database.file);

function secret(config: Config): Finding {
  const check = 'secret';
  if (config.secrets) return { check, outcome: 'ok', says: 'It is configured.' };
  const file = join(config.dataDir, 'secret');
  if (existsSync(file)) return privacy(check, file, 0o600);
  if (!isThere(config)) return { check, outcome: 'warn', says: `${file} isn’t there yet: the first start makes it.` };
  const remedy = 'Put it back, or set LATCHKEY_SECRET: without it the signing keys can’t be opened.';
  return { check, outcome: 'fail', says: `${file} is missing.`, remedy };
}

function files({ dataDir, database: where }: Config): Finding[] {
  const file = where.kind === 'sqlite' ? where.file : null;
  return [
    ...(existsSync(dataDir) ? [privacy('data folder', dataDir, 0o700)] : []),
    ...(file !== null && existsSync(file) ? [privacy('database file', file, 0o600)] : []),
  ];
}

function privacy(check: string, path: string, mode: number): Finding {
  const others = statSync(path).mode & 0o077;
  if (others === 0) return { check, outcome: 'ok', says: `Nobody else can read ${path}.` };
  const remedy = `Run: chmod ${mode.toString(8)} ${path}`;
  return { check, outcome: 'fail', says: `Other users of this machine can reach ${path}.`, remedy };
}

function space({ dataDir }: Config): Finding {
  const check = 'disk';
  if (!existsSync(dataDir))
    return { check, outcome: 'warn', says: `${dataDir} isn’t there yet: the first start makes it.` };
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  const says = `${Math.floor(free / MEGABYTE)} MB are free at ${dataDir}.`;
  if (free >= SCARCE_BELOW) return { check, outcome: 'ok', says };
  return {
    check,
    outcome: free < FULL_BELOW ? 'fail' : 'warn',
    says,
    remedy: 'Make room: a full disk stops every change.',
  };
}

function address({ publicUrl, tls, isBehindProxy }: Config): Finding {
  const check = 'address';
  if (!publicUrl.startsWith('https:')) {
    return {
      check,
      outcome: 'ok',
      says: `${publicUrl} is for this machine alone.`,
      remedy: 'For others, set LATCHKEY_URL.',
    };
  }
  if (tls || isBehindProxy)
    return { check, outcome: 'ok', says: `${publicUrl}, by ${tls ? 'our own TLS' : 'a trusted proxy'}.` };
  const remedy = 'Set LATCHKEY_TRUSTED_PROXIES to the proxy’s address, or TLS_CERT_FILE and TLS_KEY_FILE.';
  return {
    check,
    outcome: 'fail',
    says: `${publicUrl} is https:, but nothing here ends TLS and no proxy is trusted.`,
    remedy,
  };
}

/** The checks of what is in the database, as far as it can be opened without changing it. */
async function database(config: Config): Promise<Finding[]> {
  const check = 'database';
  const pending = await pendingMigrations(config.database).catch((error: unknown) => outageOf(error) ?? String(error));
  if (typeof pending === 'string') {
    return [
      {
        check,
        outcome: 'fail',
        says: `It can’t be used: ${pending}.`,
        remedy: 'Check its address, its rights and its files; restore a backup if it is damaged.',
      },
    ];
  }
  // A secret that a start has made says that there was a database.
  if (pending === null)
    return [
      { check, outcome: hasMadeSecret(config) ? 'fail' : 'warn', says: noDatabase(config), remedy: HOW_TO_BEGIN },
    ];
  if (pending > 0)
    return [
      {
        check,
        outcome: 'warn',
        says: `${pending} migrations are to be run.`,
        remedy: 'The next start runs them; make a backup before.',
      },
    ];
  const storage = await openStorage(config.database);
  try {
    return [
      { check, outcome: 'ok', says: 'It answers, and its tables are up to date.' },
      ...(await contents(config, storage)),
    ];
  } finally {
    await storage.close();
  }
}

async function contents(config: Config, storage: Storage): Promise<Finding[]> {
  return [
    await chain(storage),
    ...(hasSecret(config) ? await sealed(config, storage) : []),
    ...(await webhook(config, storage)),
    await clock(storage),
  ];
}

const hasMadeSecret = ({ dataDir }: Config) => existsSync(join(dataDir, 'secret'));
const hasSecret = (config: Config) => config.secrets !== null || hasMadeSecret(config);

async function chain(storage: Storage): Promise<Finding> {
  const check = 'audit log';
  const broken = await verifyTail(storage.read, TAIL);
  if (broken === null) return { check, outcome: 'ok', says: `Its newest entries, ${TAIL} at most, are whole.` };
  const remedy = 'Somebody wrote into the database: compare it with a backup.';
  return { check, outcome: 'fail', says: `Entry ${broken} was changed, removed or put in.`, remedy };
}

async function sealed(config: Config, storage: Storage): Promise<Finding[]> {
  const sealer = createSealer(await loadSecrets(config));
  return [
    opening('signing keys', await canOpenKeys({ storage, clock: systemClock, sealer })),
    opening('authenticator apps', await canOpenTotpSecrets({ storage, sealer })),
  ];
}

function opening(check: string, canOpen: boolean): Finding {
  if (canOpen) return { check, outcome: 'ok', says: 'The secret opens them.' };
  const remedy = 'Add the secret that was there before to LATCHKEY_SECRET.';
  return { check, outcome: 'fail', says: 'The secret doesn’t open them.', remedy };
}

/** Nothing is sent to it: that is for whoever asks for it. */
async function webhook({ alertWebhook }: Config, storage: Storage): Promise<Finding[]> {
  const check = 'alert webhook';
  const undelivered = await countUndelivered(storage.read, systemClock() - MINUTE_MS);
  if (alertWebhook === null) {
    if (undelivered === 0) return [];
    const remedy = 'Set LATCHKEY_ALERT_WEBHOOK_URL and LATCHKEY_ALERT_WEBHOOK_SECRET as they were, or let them be.';
    return [{ check, outcome: 'warn', says: `None is set, though events wait for one: ${undelivered}.`, remedy }];
  }
  const { host } = new URL(alertWebhook.url);
  const remedy = 'To see what it answers, run: latchkey webhook test';
  if (undelivered === 0) return [{ check, outcome: 'ok', says: `No event for ${host} is overdue.`, remedy }];
  return [{ check, outcome: 'warn', says: `${host} hasn’t taken ${undelivered} of the events yet.`, remedy }];
}

/** Nothing here knows the right time, but the newest entry was made before now. */
async function clock(storage: Storage): Promise<Finding> {
  const check = 'clock';
  const { items } = await createAudit({ storage, clock: systemClock }).list({ limit: 1 });
  const aheadMs = (items[0]?.atMs ?? 0) - systemClock();
  if (aheadMs <= MINUTE_MS) return { check, outcome: 'ok', says: `It says ${new Date(systemClock()).toISOString()}.` };
  const minutes = Math.ceil(aheadMs / MINUTE_MS);
  return {
    check,
    outcome: 'fail',
    says: `It is ${minutes} minutes behind the newest audit entry.`,
    remedy: 'Set it by NTP.',
  };
}
