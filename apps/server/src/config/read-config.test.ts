import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { ensureOpenssl, makeSelfSigned } from '@latchkey/testkit/self-signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConfigError, readConfig } from './index.ts';
import { onPort } from './read-config.ts';

const LONG = 'a'.repeat(32);

function refused(environment: Record<string, string>): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

describe('an empty environment', () => {
  it('gives the defaults of the contract', () => {
    const { trustedProxies, ...config } = readConfig({});
    expect(config).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      publicUrlIsDefault: true,
      dataDir: resolve('data'),
      database: { kind: 'sqlite', file: resolve('data/latchkey.sqlite') },
      secrets: null,
      firstAdmin: null,
      isBehindProxy: false,
      tls: null,
      mail: { smtpUrl: null, from: 'Latchkey <latchkey@localhost>' },
      alertWebhook: null,
      workers: 1,
      logLevel: 'info',
    });
    expect(trustedProxies.has('127.0.0.1')).toBe(false);
  });

  it('is also what empty variables give', () => {
    expect(readConfig({ PORT: '', LATCHKEY_URL: ' ', TLS_CERT_FILE: '', DATABASE_URL: '' }).port).toBe(3000);
  });
});

describe('a bad environment', () => {
  it('is refused with one message that names every bad variable and tells no value', () => {
    const error = refused({
      PORT: 'http',
      HOST: 'not a host',
      LATCHKEY_URL: 'http://id.example.com',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      LATCHKEY_SECRET: 'hunter2',
      LATCHKEY_ADMIN_EMAIL: 'a@example.com,b@example.com',
      LATCHKEY_ADMIN_PASSWORD: 'hunter2',
      LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/33',
      TLS_CERT_FILE: '/nowhere/cert.pem',
      SMTP_URL: 'http://mail.example.com',
      LATCHKEY_MAIL_FROM: 'a@example.com\nBcc: b@example.com',
      LATCHKEY_ALERT_WEBHOOK_URL: 'https://me:hunter2@hooks.example.com/',
      LATCHKEY_ALERT_WEBHOOK_SECRET: 'hunter2',
      LATCHKEY_WORKERS: 'auto',
      LOG_LEVEL: 'loud',
    });
    expect(error.variables.toSorted()).toEqual(
      [
        'PORT',
        'HOST',
        'LATCHKEY_URL',
        'DATABASE_URL',
        'LATCHKEY_SECRET',
        'LATCHKEY_ADMIN_EMAIL',
        'LATCHKEY_ADMIN_PASSWORD',
        'LATCHKEY_TRUSTED_PROXIES',
        'TLS_CERT_FILE',
        'TLS_KEY_FILE',
        'SMTP_URL',
        'LATCHKEY_MAIL_FROM',
        'LATCHKEY_ALERT_WEBHOOK_URL',
        'LATCHKEY_ALERT_WEBHOOK_SECRET',
        'LATCHKEY_WORKERS',
        'LOG_LEVEL',
      ].toSorted(),
    );
    for (const variable of error.variables) expect(error.message).toContain(variable);
    expect(error.message).not.toContain('hunter2');
  });

  it.each(['65536', '-1', '3000.5', '0x10', '1e3'])('includes the port %s', (PORT) => {
    expect(refused({ PORT }).variables).toEqual(['PORT']);
  });

  it.each(['0', '-1', '1.5', '065', '65', 'two'])('includes the %s workers', (LATCHKEY_WORKERS) => {
    expect(refused({ LATCHKEY_WORKERS }).variables).toEqual(['LATCHKEY_WORKERS']);
  });

  it('includes an admin without a password, and a password without an admin', () => {
    expect(refused({ LATCHKEY_ADMIN_EMAIL: 'a@example.com' }).variables).toEqual(['LATCHKEY_ADMIN_PASSWORD']);
    expect(refused({ LATCHKEY_ADMIN_PASSWORD: 'long enough' }).variables).toEqual(['LATCHKEY_ADMIN_EMAIL']);
  });
});

describe('the public URL', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://ID.example.com:443/', 'https://id.example.com'],
  ])('%s is the origin %s', (LATCHKEY_URL, origin) => {
    expect(readConfig({ LATCHKEY_URL }).publicUrl).toBe(origin);
  });

  it.each([
    'http://id.example.com',
    'http://127.evil.example',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'http://localhost.evil.example',
    'https://id.example.com/path',
    'https://id.example.com/?',
    'https://id.example.com/#x',
    'https://user:pass@id.example.com',
    'ftp://localhost',
    'id.example.com',
  ])('%s is refused', (LATCHKEY_URL) => {
    expect(refused({ LATCHKEY_URL }).variables).toEqual(['LATCHKEY_URL']);
  });

  it('follows the port that a start on port 0 was given, unless it was set', () => {
    expect(onPort(readConfig({ PORT: '0' }), 4567)).toMatchObject({ port: 4567, publicUrl: 'http://localhost:4567' });
    const config = readConfig({ PORT: '0', LATCHKEY_URL: 'https://id.example.com' });
    expect(onPort(config, 4567).publicUrl).toBe('https://id.example.com');
  });
});

describe('trusted proxies', () => {
  const { trustedProxies } = readConfig({ LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.7,2001:db8::/32' });

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:DB8::1', '2001:db8:0:0::1%eth0'])('hold %s', (address) => {
    expect(trustedProxies.has(address)).toBe(true);
  });

  it.each(['11.0.0.1', '192.0.2.8', '::1', '2001:db9::1', '', 'localhost', '10.1.2.3:80'])(
    "don't hold %s",
    (address) => {
      expect(trustedProxies.has(address)).toBe(false);
    },
  );

  it.each(['10.0.0.0/', 'proxy.example.com', '10.0.0.1 10.0.0.2', '::1/129', '10.0.0.1,'])('%s is refused', (value) => {
    expect(refused({ LATCHKEY_TRUSTED_PROXIES: value }).variables).toEqual(['LATCHKEY_TRUSTED_PROXIES']);
  });
});

describe('secrets', () => {
  it('are a list, newest first', () => {
    expect(readConfig({ LATCHKEY_SECRET: `${LONG}1, ${LONG}2` }).secrets).toEqual([`${LONG}1`, `${LONG}2`]);
  });

  it('come from a file too, but not from both', () => {
    const readFile = () => `${LONG}\n`;
    expect(readConfig({ LATCHKEY_SECRET_FILE: '/run/secret' }, readFile).secrets).toEqual([LONG]);
    expect(refused({ LATCHKEY_SECRET_FILE: '/x', LATCHKEY_SECRET: LONG }).variables).toEqual(['LATCHKEY_SECRET_FILE']);
  });

  it.each([`${LONG},short`, `${LONG},`, 'a'.repeat(31)])('shorter than 32 bytes are refused: %s', (LATCHKEY_SECRET) => {
    expect(refused({ LATCHKEY_SECRET }).variables).toEqual(['LATCHKEY_SECRET']);
  });
});

describe('the webhook for alerts', () => {
  const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  const webhook = (url: string, secret = secretOf(32)) => ({
    LATCHKEY_ALERT_WEBHOOK_URL: url,
    LATCHKEY_ALERT_WEBHOOK_SECRET: secret,
  });

  it.each([
    'https://hooks.example.com/alerts?token=x',
    'https://10.0.0.7:8443/',
    'http://localhost:8080/alerts',
    'http://127.0.0.1/',
    'http://[::1]/',
  ])('is %s', (url) => {
    expect(readConfig(webhook(url)).alertWebhook).toEqual({ url, keys: [Buffer.alloc(32, 7)] });
  });

  it.each([
    'http://hooks.example.com/',
    'http://10.0.0.7/',
    'http://localhost.evil.example/',
    'https://user:pass@hooks.example.com/',
    'https://user@hooks.example.com/',
    'ftp://localhost/',
    'hooks.example.com',
  ])('is not %s', (url) => {
    expect(refused(webhook(url)).message).toMatch(
      /^[^\n]+\n {2}LATCHKEY_ALERT_WEBHOOK_URL must be an https: URL [^\n]+$/,
    );
  });

  it('has the secrets of a list, of 24 to 64 bytes each', () => {
    const { alertWebhook } = readConfig(webhook('https://a.example/', `${secretOf(24)}, ${secretOf(64)}`));
    expect(alertWebhook?.keys.map(({ length }) => length)).toEqual([24, 64]);
  });

  it.each([
    secretOf(23),
    secretOf(65),
    secretOf(32).slice('whsec_'.length),
    secretOf(32).replace('Bw', '-_'),
    `${secretOf(32)},`,
    `${secretOf(32)} ${secretOf(24)}`,
    'whsec_',
  ])('has no secret %s, and tells how to make one', (secret) => {
    const { message } = refused(webhook('https://a.example/', secret));
    expect(message).toMatch(/^[^\n]+\n {2}LATCHKEY_ALERT_WEBHOOK_SECRET must be whsec_ .*openssl rand -base64 32.*$/);
    expect(message).not.toContain(secret === 'whsec_' ? secretOf(32) : secret);
  });

  it('has both or neither', () => {
    const both = webhook('https://a.example/');
    for (const variable of Object.keys(both))
      expect(refused({ ...both, [variable]: '' }).variables).toEqual([variable]);
  });
});

it('takes the first admin as written, spaces in the password included', () => {
  const config = readConfig({ LATCHKEY_ADMIN_EMAIL: ' Ada@Example.com', LATCHKEY_ADMIN_PASSWORD: ' two spaces ' });
  expect(config.firstAdmin).toEqual({ email: 'ada@example.com', password: ' two spaces ' });
});

it('takes PostgreSQL by its URL', () => {
  const url = 'postgres://u:p@db.example.com:5432/latchkey?sslmode=require';
  expect(readConfig({ DATABASE_URL: url }).database).toEqual({ kind: 'postgres', url });
});

const openssl = ensureOpenssl();

describe.skipIf(openssl === null)('its own TLS, with a certificate by openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  let { certFile, keyFile, otherKeyFile } = { certFile: '', keyFile: '', otherKeyFile: '' };
  beforeAll(() => {
    ({ certFile, keyFile } = makeSelfSigned(openssl ?? '', folder));
    ({ keyFile: otherKeyFile } = makeSelfSigned(openssl ?? '', folder, 'other'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is a certificate with its key, and makes the default URL https', () => {
    const config = readConfig({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
    expect(config.tls?.cert).toBe(readFileSync(certFile, 'utf8'));
    expect(config.publicUrl).toBe('https://localhost:3000');
  });

  it('is refused with a key of another certificate, with one file alone, and with a URL without TLS', () => {
    expect(refused({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: otherKeyFile }).variables).toEqual(['TLS_CERT_FILE']);
    expect(refused({ TLS_KEY_FILE: keyFile }).variables).toEqual(['TLS_CERT_FILE']);
    expect(refused({ TLS_CERT_FILE: '/dev/null', TLS_KEY_FILE: '/dev/null' }).variables).toEqual(['TLS_CERT_FILE']);
    const mixed = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, LATCHKEY_URL: 'http://localhost:3000' };
    expect(refused(mixed).variables).toEqual(['LATCHKEY_URL']);
  });
});
