import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';

import { isLoopbackHost, parseOrigin } from '@latchkey/credentials';
import { email, newPassword } from '@latchkey/schemas';

import { parseNetworks, type Networks } from './networks.ts';
import { Reading, type Environment } from './reading.ts';
import { parseSecrets, SECRETS_MUST } from './secrets.ts';
import { parseWebhookKeys, WEBHOOK_KEYS_MUST } from './webhook.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that the operator decides, checked. */
export type Config = {
  readonly host: string;
  /** 0: whichever is free. */
  readonly port: number;
  /** The public origin and token issuer, such as `https://id.example.com`: no path, no slash at the end. */
  readonly publicUrl: string;
  /** Whether `publicUrl` was left to its default, which names the port. */
  readonly publicUrlIsDefault: boolean;
  readonly dataDir: string;
  readonly database: { kind: 'sqlite'; file: string; mustExist?: boolean } | { kind: 'postgres'; url: string };
  /** Null: `loadSecrets` takes the data folder's own. */
  readonly secrets: readonly string[] | null;
  readonly firstAdmin: { email: string; password: string } | null;
  readonly trustedProxies: Networks;
  /** Whether any is trusted. */
  readonly isBehindProxy: boolean;
  /** PEM texts; null where this server doesn't end TLS itself. */
  readonly tls: { cert: string; key: string } | null;
  /** `smtpUrl` null: messages are files in `<dataDir>/outbox`. */
  readonly mail: { smtpUrl: string | null; from: string };
  /** Where alerts go as well; each key signs. Null: nowhere. */
  readonly alertWebhook: { url: string; keys: readonly Buffer[] } | null;
  /** Processes that share the port. */
  readonly workers: number;
  readonly logLevel: LogLevel;
};

/** More than one for each core does no work. */
const WORKERS_AT_MOST = 64;

/** Reads the whole environment. Throws one ConfigError that names every bad variable. */
export function readConfig(environment: Environment, readFile: (file: string) => string = readText): Config {
  const reading = new Reading(environment);
  const port = reading.parsed('PORT', 3000, parsePort, 'must be a whole number from 0 to 65535.');
  const tls = readTls(reading, readFile);
  const publicUrl = readPublicUrl(reading, tls !== null) ?? defaultUrl(port, tls !== null);
  const dataDir = resolve(reading.text('LATCHKEY_DATA_DIR') ?? './data');
  const config: Config = {
    host: reading.parsed('HOST', '127.0.0.1', parseHost, 'must be an address or a host name.'),
    port,
    publicUrl,
    publicUrlIsDefault: reading.text('LATCHKEY_URL') === null,
    dataDir,
    database: readDatabase(reading, dataDir),
    secrets: readSecrets(reading, readFile),
    firstAdmin: readFirstAdmin(reading),
    trustedProxies: readProxies(reading),
    isBehindProxy: reading.text('LATCHKEY_TRUSTED_PROXIES') !== null,
    tls,
    mail: readMail(reading, publicUrl),
    alertWebhook: readAlertWebhook(reading),
    workers: reading.parsed(
      'LATCHKEY_WORKERS',
      1,
      parseWorkers,
      `must be a whole number from 1 to ${WORKERS_AT_MOST}.`,
    ),
    logLevel: reading.parsed('LOG_LEVEL', 'info', parseLogLevel, `must be one of ${LOG_LEVELS.join(', ')}.`),
  };
  reading.judge();
  return config;
}

/** The configuration once it is known which port a start on port 0 was given. */
export function onPort(config: Config, port: number): Config {
  const publicUrl = config.publicUrlIsDefault ? defaultUrl(port, config.tls !== null) : config.publicUrl;
  return { ...config, port, publicUrl };
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

function defaultUrl(port: number, isTls: boolean): string {
  return new URL(`${isTls ? 'https' : 'http'}://localhost:${port}`).origin;
}

function parsePort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

function parseWorkers(text: string): number | null {
  return /^[1-9]\d?$/.test(text) && Number(text) <= WORKERS_AT_MOST ? Number(text) : null;
}

function parseHost(text: string): string | null {
  return isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/.test(text) ? text : null;
}

function parseLogLevel(text: string): LogLevel | null {
  return LOG_LEVELS.find((level) => level === text) ?? null;
}

function readPublicUrl(reading: Reading, isTls: boolean): string | null {
  const must = 'must be an origin such as https://id.example.com, without a path.';
  const origin = reading.parsed('LATCHKEY_URL', null, parseOrigin, must);
  if (origin === null || origin.startsWith('https:')) return origin;
  if (isTls) return reading.refuse('LATCHKEY_URL', 'must be https: where TLS_CERT_FILE is set.');
  if (isLoopbackHost(new URL(origin).hostname)) return origin;
  return reading.refuse('LATCHKEY_URL', 'must be https: unless it names localhost, 127.0.0.1 or [::1].');
}

function readDatabase(reading: Reading, dataDir: string): Config['database'] {
  const must = 'must start with postgres:// and name a host, or be unset for SQLite.';
  const url = reading.parsed('DATABASE_URL', null, (text) => urlWith(text, ['postgres:', 'postgresql:']), must);
  return url === null ? { kind: 'sqlite', file: join(dataDir, 'latchkey.sqlite') } : { kind: 'postgres', url };
}

/** The text itself where it is a URL with a host and one of the schemes. */
function urlWith(text: string, protocols: readonly string[]): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return protocols.includes(url.protocol) && url.host !== '' ? text : null;
}

function readSecrets(reading: Reading, readFile: (file: string) => string): string[] | null {
  if (reading.text('LATCHKEY_SECRET') !== null && reading.text('LATCHKEY_SECRET_FILE') !== null) {
    return reading.refuse('LATCHKEY_SECRET_FILE', 'must be unset where LATCHKEY_SECRET is set.');
  }
  const text = readNamedFile(reading, 'LATCHKEY_SECRET_FILE', readFile);
  if (text !== null)
    return parseSecrets(text) ?? reading.refuse('LATCHKEY_SECRET_FILE', `names a file that ${SECRETS_MUST}`);
  return reading.parsed('LATCHKEY_SECRET', null, parseSecrets, SECRETS_MUST);
}

function readNamedFile(reading: Reading, variable: string, readFile: (file: string) => string): string | null {
  const file = reading.text(variable);
  if (file === null) return null;
  try {
    return readFile(file);
  } catch (error) {
    // Whatever the file system says, the operator reads its code, such as ENOENT or EACCES.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return reading.refuse(variable, `must name a file that can be read${code}.`);
  }
}

function readFirstAdmin(reading: Reading): Config['firstAdmin'] {
  readPair(reading, 'LATCHKEY_ADMIN_EMAIL', 'LATCHKEY_ADMIN_PASSWORD');
  const parseEmail = (text: string) => email.safeParse(text).data ?? null;
  const address = reading.parsed('LATCHKEY_ADMIN_EMAIL', null, parseEmail, 'must be one email address.');
  const password = reading.exactText('LATCHKEY_ADMIN_PASSWORD');
  if (password !== null && !newPassword.safeParse(password).success) {
    return reading.refuse('LATCHKEY_ADMIN_PASSWORD', 'must be 8 to 256 characters.');
  }
  return address !== null && password !== null ? { email: address, password } : null;
}

/** One without the other is a mistake. */
function readPair(reading: Reading, one: string, other: string): void {
  const [hasOne, hasOther] = [reading.text(one) !== null, reading.text(other) !== null];
  if (hasOne && !hasOther) reading.refuse(other, `must be set where ${one} is.`);
  if (hasOther && !hasOne) reading.refuse(one, `must be set where ${other} is.`);
}

function readProxies(reading: Reading): Networks {
  const must = 'must be addresses or blocks such as 10.0.0.0/8, separated by commas.';
  const entriesOf = (text: string) => text.split(',').map((entry) => entry.trim());
  const none: Networks = { has: () => false };
  return reading.parsed('LATCHKEY_TRUSTED_PROXIES', none, (text) => parseNetworks(entriesOf(text)), must);
}

function readTls(reading: Reading, readFile: (file: string) => string): Config['tls'] {
  readPair(reading, 'TLS_CERT_FILE', 'TLS_KEY_FILE');
  const cert = readNamedFile(reading, 'TLS_CERT_FILE', readFile);
  const key = readNamedFile(reading, 'TLS_KEY_FILE', readFile);
  if (cert === null || key === null) return null;
  if (isKeyPair(cert, key)) return { cert, key };
  return reading.refuse('TLS_CERT_FILE', 'must hold a PEM certificate that belongs to the key in TLS_KEY_FILE.');
}

function isKeyPair(cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key });
    // It passes over what is empty.
    return cert !== '' && key !== '';
  } catch {
    // OpenSSL has dozens of codes for a certificate or key that it can't use; they all mean no.
    return false;
  }
}

function readMail(reading: Reading, publicUrl: string): Config['mail'] {
  const fallback = `Latchkey <latchkey@${new URL(publicUrl).hostname}>`;
  return {
    smtpUrl: reading.parsed(
      'SMTP_URL',
      null,
      (text) => urlWith(text, ['smtp:', 'smtps:']),
      'must start with smtp:// or smtps:// and name a host.',
    ),
    from: reading.parsed(
      'LATCHKEY_MAIL_FROM',
      fallback,
      parseSender,
      'must be one sender, such as Latchkey <latchkey@example.com>.',
    ),
  };
}

function parseSender(text: string): string | null {
  const address = /^[^<>\r\n]*<([^<>\s]+)>$/.exec(text)?.[1] ?? text;
  return email.safeParse(address).success ? text : null;
}

function readAlertWebhook(reading: Reading): Config['alertWebhook'] {
  readPair(reading, 'LATCHKEY_ALERT_WEBHOOK_URL', 'LATCHKEY_ALERT_WEBHOOK_SECRET');
  const must = 'must be an https: URL without a user and password, or http: at localhost, 127.0.0.1 or [::1].';
  const url = reading.parsed('LATCHKEY_ALERT_WEBHOOK_URL', null, parseWebhookUrl, must);
  const keys = reading.parsed('LATCHKEY_ALERT_WEBHOOK_SECRET', null, parseWebhookKeys, WEBHOOK_KEYS_MUST);
  return url !== null && keys !== null ? { url, keys } : null;
}

function parseWebhookUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, username, password, href } = new URL(text);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
  return isSafe && username === '' && password === '' ? href : null;
}
