import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

import { ensureOpenssl, makeSelfSigned } from '@latchkey/testkit/self-signed';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createHttp, createLog, registerHealth } from './index.ts';

const openssl = ensureOpenssl();

describe.skipIf(openssl === null)('its own TLS, with a certificate by openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  let app: FastifyInstance;
  let port: number;
  let ca: string;

  beforeAll(async () => {
    const { certFile, keyFile } = makeSelfSigned(openssl ?? '', folder);
    ca = readFileSync(certFile, 'utf8');
    const tls = { cert: ca, key: readFileSync(keyFile, 'utf8') };
    const config = { publicUrl: 'https://localhost:3000', trustedProxies: { has: () => false }, tls };
    app = createHttp({ config, log: createLog('silent') });
    registerHealth(app, async () => {});
    app.get('/who', async ({ client }) => client);
    await app.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = app.server.address() as AddressInfo);
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it('answers without a redirect, and tells browsers to stay', async () => {
    const options = { port, host: '127.0.0.1', servername: 'localhost', path: '/who', ca, agent: false };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(options, resolve).once('error', reject);
    });
    expect(JSON.parse(await text(answer))).toEqual({ address: '127.0.0.1', isSecure: true, isProxied: false });
    expect(answer.headers).toHaveProperty('strict-transport-security');
  });

  it.each([
    ['TLSv1.3', 'TLSv1.3'],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.1', null],
  ] as const)('speaks %s: %s', async (version, spoken) => {
    const protocol = await new Promise<string | null>((resolve) => {
      // Security level 0, or this end would refuse the old version before it is offered.
      const options = { port, host: '127.0.0.1', servername: 'localhost', ca, ciphers: 'DEFAULT@SECLEVEL=0' };
      const socket = connectTls({ ...options, minVersion: version, maxVersion: version });
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.once('error', () => resolve(null));
    });
    expect(protocol).toBe(spoken);
  });

  it('gives plain HTTP on the same port nothing', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET /who HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await text(socket)).not.toContain('address');
  });
});
