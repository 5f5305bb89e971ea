import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import { isLoopbackHost } from '@latchkey/credentials';

import { SECOND_MS } from '../time/index.ts';

const TIMEOUT_MS = 3 * SECOND_MS;
const MAX_BODY_BYTES = 64 * 1024;

/** Addresses of this machine, for a server that is itself only there. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** What the registries of special-purpose addresses keep from the internet (RFC 6890 and its successors). */
const SPECIAL = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(net, prefix);
}
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL.addSubnet(net, prefix, 'ipv6');
}
/** All that IPv6 gives out for use in the internet; what translates or wraps other addresses lies outside. */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');

class OutgoingRefused extends Error {}

export type Outgoing = (url: string, options?: RequestInit) => Promise<Response>;

/**
 * Fetches what an app named: its document, its keys, the place that is told of a sign-out. Whoever names it could mean our own
 * network, so: https, public addresses alone, judged as they are connected to, no redirects, a few seconds and a few kilobytes.
 * A server whose own address is a loopback one may reach its own machine as well, by http too.
 */
export function createOutgoing(issuer: string, resolve: typeof lookUp = lookUp): Outgoing {
  const isLocal = isLoopbackHost(new URL(issuer).hostname);
  const isAllowed = (address: string) => isPublic(address) || (isLocal && holds(LOOPBACK, address));

  /** All or nothing: a name with one private address is nobody's who means well. */
  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const refused = error ?? (found.every(({ address }) => isAllowed(address)) ? null : refusal(hostname));
      const [first] = found ?? [];
      if (refused || !first) done(refused ?? refusal(hostname), '', 0);
      else if (options.all) done(null, found);
      else done(null, first.address, first.family);
    });
  };

  async function open(url: URL, { method = 'GET', headers, signal }: RequestInit): Promise<ClientRequest> {
    const host = bare(url.hostname);
    if (url.protocol !== 'https:' && !(isLocal && isLoopbackHost(url.hostname))) throw refusal(url.href);
    // A literal address is never looked up.
    if (isIP(host) !== 0 && !isAllowed(host)) throw refusal(host);
    // As modules they load all of `fetch` with them, which a start needn't wait for.
    const { request: send } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    const request = send(url, {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      lookup,
      agent: false,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    // Heard here and by whoever reads the body: without a listener, a site that falls silent would end the process.
    return request.on('error', () => undefined);
  }

  return async (address, options = {}) => {
    const request = await open(new URL(address), options);
    request.end(options.body instanceof URLSearchParams ? options.body.toString() : undefined);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 300 && statusCode < 400) {
      request.destroy();
      throw new OutgoingRefused(`${address} answered ${statusCode}`);
    }
    const body = await boundedBody(answer);
    const { 'content-type': type = '', 'cache-control': caching = '' } = headers;
    return new Response(statusCode === 204 ? null : body, {
      status: statusCode,
      headers: { 'content-type': type, 'cache-control': caching },
    });
  };
}

async function boundedBody(answer: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new OutgoingRefused('The answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isPublic(address: string): boolean {
  const isGlobal = isIP(address) === 4 || holds(GLOBAL_IPV6, address);
  return isGlobal && !holds(SPECIAL, address);
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** An address of IPv6 without its brackets. */
function bare(hostname: string): string {
  return hostname.replaceAll(/^\[|\]$/g, '');
}

function refusal(what: string): OutgoingRefused {
  return new OutgoingRefused(`Nothing is fetched from ${what}`);
}
