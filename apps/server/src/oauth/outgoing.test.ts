import type { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { createOutgoing } from './outgoing.ts';

const AT_HOME = 'http://localhost:3000';
const OUTSIDE = 'https://id.example.com';

let site: Server | undefined;
afterEach(() => site?.close());

let asked = 0;
async function siteWith(answer: RequestListener): Promise<string> {
  asked = 0;
  site = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
}

/** A resolver whose names all stand for these addresses. */
const standingFor = (...addresses: string[]) =>
  ((_name: string, _options: object, done: (error: null, found: object[]) => void) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;

describe('what an app names is fetched', () => {
  it('from this machine by a server that is only there itself, and by no other', async () => {
    const url = await siteWith((_request, response) => response.end('{}'));
    expect(await (await createOutgoing(AT_HOME)(url)).text()).toBe('{}');
    for (const named of [url, url.replace('127.0.0.1', 'localhost'), url.replace('http:', 'https:')]) {
      await expect(createOutgoing(OUTSIDE)(named)).rejects.toThrow('Nothing is fetched');
    }
    expect(asked).toBe(1);
  });

  it.each([
    'http://example.com/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::a00:1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'file:///etc/passwd',
  ])('never from %s', async (url) => {
    await expect(createOutgoing(OUTSIDE)(url)).rejects.toThrow('Nothing is fetched');
  });

  it.each([
    ['10.1.2.3'],
    ['127.0.0.1'],
    ['192.168.1.1'],
    ['100.64.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['fe80::1'],
    ['::ffff:127.0.0.1'],
    ['93.184.215.14', '10.0.0.1'],
  ])('never from a name that stands for %s', async (...addresses) => {
    const outgoing = createOutgoing(OUTSIDE, standingFor(...addresses));
    await expect(outgoing('https://app.example.com/')).rejects.toThrow('Nothing is fetched');
  });

  it('by a server at home not from the rest of its network', async () => {
    for (const url of ['http://10.0.0.1/', 'https://192.168.1.1/', 'http://example.com/']) {
      await expect(createOutgoing(AT_HOME)(url)).rejects.toThrow('Nothing is fetched');
    }
  });

  it('without following it elsewhere', async () => {
    const url = await siteWith((_request, response) => response.writeHead(302, { location: '/there' }).end());
    await expect(createOutgoing(AT_HOME)(url)).rejects.toThrow('answered 302');
    expect(asked).toBe(1);
  });

  it('within bounds of size and of time', async () => {
    const long = await siteWith((_request, response) => response.end('x'.repeat(70_000)));
    await expect(createOutgoing(AT_HOME)(long)).rejects.toThrow('too long');
    site?.close();
    const slow = await siteWith(({ url }, response) => {
      if (url === '/begun') response.write('{');
    });
    const tries = [slow, `${slow}begun`].map((url) => createOutgoing(AT_HOME)(url));
    for (const answer of await Promise.allSettled(tries)) {
      expect([answer.status, String((answer as PromiseRejectedResult).reason)]).toEqual([
        'rejected',
        expect.stringMatching(/abort|timeout/i),
      ]);
    }
    site?.closeAllConnections();
  });
});
