import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import { formatApiKey } from '@latchkey/credentials';
import type { ApiKeyId } from '@latchkey/schemas';
import { afterEach, describe, expect, it } from 'vitest';

import { createVerifier } from './verify.ts';

const KEY = formatApiKey('0'.repeat(22) as ApiKeyId, '0'.repeat(43));
const TOKEN = `${Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"k"}').toString('base64url')}.e30.AAAA`;
const PUBLIC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const JWKS = JSON.stringify({ keys: [{ ...PUBLIC_KEY, kid: 'k', alg: 'ES256' }] });

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const running: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close().closeAllConnections();
});

/** Something that answers at Latchkey's address, and a verifier that trusts it. */
async function against(handler: Handler, options: { timeoutMs?: number; clock?: () => number } = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  running.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { verify } = createVerifier({ issuer, audience: 'a', introspection: { apiKey: KEY }, ...options });
  const codeOf = async (text: string) => {
    const verified = await verify({ headers: { authorization: `Bearer ${text}` } });
    return verified.ok ? 'in' : verified.problem.code;
  };
  return { issuer, asked, codeOf };
}

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

const verdict = (fields: object) => JSON.stringify({ valid: true, code: 'VALID', ...fields });

describe('an answer that can’t be Latchkey’s', () => {
  it.each<[what: string, handler: Handler]>([
    ['is no JSON', answering(200, '<html>')],
    ['is cut short', answering(200, '{"valid":tr')],
    ['is empty', answering(200, '')],
    ['is of another shape', answering(200, '[]')],
    ['is null', answering(200, 'null')],
    ['is a failure', answering(500, '{}')],
    ['is not there', answering(404, '{}')],
    [
      'says valid under a failure',
      answering(500, verdict({ apiKeyId: '0'.repeat(22), accountId: `acc_${'0'.repeat(22)}` })),
    ],
    ['says valid of nobody', answering(200, verdict({}))],
    [
      'says valid and not',
      answering(200, verdict({ valid: false, apiKeyId: '0'.repeat(22), accountId: `acc_${'0'.repeat(22)}` })),
    ],
    ['says what isn’t known', answering(200, verdict({ code: 'FINE' }))],
    ['sends elsewhere', answering(307, '{}', { location: 'http://127.0.0.1:9/' })],
    ['never ends', (_, response) => response.writeHead(200).write('{')],
    ['never comes', () => undefined],
    ['breaks off', (request) => request.socket.destroy()],
  ])('%s: nothing is let in, and nothing is called wrong [B19]', async (_, handler) => {
    const { codeOf } = await against(handler, { timeoutMs: 500 });
    expect([await codeOf(KEY), await codeOf(TOKEN)]).toEqual(['latchkey_unavailable', 'latchkey_unavailable']);
  });

  it('is larger than any of its: it isn’t read to the end', async () => {
    const padded = await against(answering(200, JWKS + ' '.repeat(300_000)));
    expect(await padded.codeOf(TOKEN)).toBe('latchkey_unavailable');
    const plain = await against(answering(200, JWKS));
    expect(await plain.codeOf(TOKEN)).toBe('token_invalid');
  });

  it('takes no key along when it sends elsewhere', async () => {
    const other = await against(answering(200, '{}'));
    const { codeOf } = await against((request, response) =>
      response.writeHead(307, { location: `${other.issuer}${request.url}` }).end(),
    );
    await codeOf(KEY);
    await codeOf(TOKEN);
    expect(other.asked).toEqual([]);
  });

  it('holds a key that is none: the rest of the list isn’t believed either', async () => {
    const broken = { ...PUBLIC_KEY, kid: 'k', alg: 'ES256', x: 'AAAA' };
    const { codeOf } = await against(answering(200, JSON.stringify({ keys: [broken] })));
    expect(await codeOf(TOKEN)).toBe('latchkey_unavailable');
  });
});

describe('tokens of made-up keys', () => {
  const madeUp = (kid: number) =>
    TOKEN.replace(/^[^.]+/, Buffer.from(`{"alg":"ES256","typ":"at+jwt","kid":"${kid}"}`).toString('base64url'));

  it('don’t make Latchkey fetch its keys each time', async () => {
    let nowMs = 0;
    const { asked, codeOf } = await against(answering(200, JWKS), { clock: () => nowMs });
    for (let kid = 0; kid < 20; kid += 1) expect(await codeOf(madeUp(kid))).toBe('token_invalid');
    await Promise.all(Array.from({ length: 20 }, (_, kid) => codeOf(madeUp(kid))));
    expect(asked).toEqual(['GET /.well-known/jwks.json']);
    nowMs += 30_000;
    await Promise.all(Array.from({ length: 20 }, (_, kid) => codeOf(madeUp(kid))));
    expect(asked).toHaveLength(2);
  });

  it('don’t make it answer more than once a second while it fails', async () => {
    let nowMs = 0;
    const { asked, codeOf } = await against(answering(503, '{}'), { clock: () => nowMs });
    for (let kid = 0; kid < 20; kid += 1) expect(await codeOf(madeUp(kid))).toBe('latchkey_unavailable');
    expect(asked).toHaveLength(1);
    nowMs += 1_000;
    await codeOf(TOKEN);
    expect(asked).toHaveLength(2);
  });
});
