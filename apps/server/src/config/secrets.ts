import { randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError } from './reading.ts';

const MIN_SECRET_BYTES = 32;
export const SECRETS_MUST = `must be ${MIN_SECRET_BYTES} bytes or more; several are separated by commas, and the first one seals.`;

/** Null where any secret of the list is too short. */
export function parseSecrets(text: string): string[] | null {
  const secrets = text.trim().split(/\s*,\s*/);
  return secrets.every((secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES) ? secrets : null;
}

/**
 * The master secrets, newest first: the configured ones, else the data folder's own, made on the first start. Two
 * processes that start at once get the same one.
 */
export async function loadSecrets(config: {
  secrets: readonly string[] | null;
  dataDir: string;
}): Promise<readonly string[]> {
  if (config.secrets) return config.secrets;
  const file = join(config.dataDir, 'secret');
  const text = (await readIfThere(file)) ?? (await createSecret(file));
  const secrets = parseSecrets(text);
  if (!secrets)
    throw new ConfigError([{ variable: 'LATCHKEY_DATA_DIR', must: `holds a file "secret" that ${SECRETS_MUST}` }]);
  return secrets;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Written whole under another name, then linked: whoever links second reads the first one's, and nobody reads half of it. */
async function createSecret(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(48).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
