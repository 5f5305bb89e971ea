import type { RequestListener, Server } from 'node:http';

import type { Config } from '../config/index.ts';
import { SECOND_MS } from '../time/index.ts';

// An import of `node:http` would load fetch and WebSocket as well, for the sake of their names: a sixth of a start.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

const MAX_HEADER_BYTES = 16 * 1024;

/** How long a client may take. Whoever is slower is dropped, so that slow clients can't use up the connections. */
export type Timeouts = {
  /** For the headers of a request, from the connection's start. */
  headersMs: number;
  /** For a whole request, its body included. */
  requestMs: number;
  /** Without a byte either way, such as an answer that nobody reads. */
  silenceMs: number;
  /** Between two requests. Longer than the minute for which proxies keep a connection, or they'd use one that just closed. */
  keepAliveMs: number;
  /** How often the first two are looked at: both may be late by as much. */
  checkEveryMs: number;
  /** For answers that are under way when the server closes. */
  closeMs: number;
};

export const TIMEOUTS: Timeouts = {
  headersMs: 15 * SECOND_MS,
  requestMs: 25 * SECOND_MS,
  silenceMs: 30 * SECOND_MS,
  keepAliveMs: 65 * SECOND_MS,
  checkEveryMs: 2 * SECOND_MS,
  closeMs: 10 * SECOND_MS,
};

export function createNodeServer(handler: RequestListener, tls: Config['tls'], timeouts: Timeouts): Server {
  const options = {
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.checkEveryMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node would answer a request without a host by itself, and without our headers.
    requireHostHeader: false,
  };
  const server: Server = tls
    ? https.createServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: timeouts.headersMs }, handler)
    : http.createServer(options, handler);
  server.setTimeout(timeouts.silenceMs);
  // Node would answer 417 by itself; RFC 9110, section 10.1.1, lets an expectation that isn't known be overlooked.
  server.on('checkExpectation', handler);
  return server;
}
