import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { Server } from 'node:http';

import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import type { Config } from '../config/index.ts';
import { Problem } from '../problems/index.ts';
import { clientOf } from './client.ts';
import { refusalByHost } from './host-rule.ts';
import { httpsLocation } from './https-rule.ts';
import { parseJson } from './json.ts';
import { withoutSecrets } from './log.ts';
import { createNodeServer, TIMEOUTS, type Timeouts } from './node-server.ts';
import { answerNotFound } from './not-found.ts';
import { refusalByOrigin } from './origin-rule.ts';
import { plainUrl } from './plain-path.ts';
import { problemOfError, reportProblem, sendProblem } from './problem-answer.ts';
import { parseQuery } from './query.ts';
import { nameResourceMetadata } from './resource-metadata.ts';
import { securityHeaders } from './security-headers.ts';
import { answerUnreadable } from './unreadable-requests.ts';

const MAX_BODY_BYTES = 100 * 1024;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route that other sites' pages may call, since no cookie means anything there, or it only sends the browser on. */
    anyOrigin?: boolean;
    /** A route that answers for somebody else's API, which has metadata of its own. */
    guardsAnother?: boolean;
  }
}

export type HttpOptions = {
  config: Pick<Config, 'publicUrl' | 'trustedProxies' | 'tls'>;
  log: Logger;
  /** Shorter ones, for tests. */
  timeouts?: Partial<Timeouts>;
};

/** The server without any route: what holds for every request and every answer. */
export function createHttp({ config, log, timeouts }: HttpOptions): FastifyInstance {
  const headers = securityHeaders(config.publicUrl);
  const limits = { ...TIMEOUTS, ...timeouts };
  const app: FastifyInstance = fastify<Server>({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // Lines say by themselves which request they are about: a logger for each of them costs more than its line.
    childLoggerFactory: (logger) => logger,
    serverFactory: (handler) => createNodeServer(handler, config.tls, limits),
    clientErrorHandler: answerUnreadable(log, headers),
    // Ours alone: an id that the client chooses could be made to look like another request's.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    rewriteUrl: ({ url = '' }) => plainUrl(url),
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    // What is under way while the server closes is answered.
    return503OnClosing: false,
    // Procedures check what enters and what leaves. Without these, Fastify loads two compilers of JSON Schema for nobody.
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
    routerOptions: { maxParamLength: 1000, querystringParser: parseQuery },
  });
  app.decorateRequest('client');
  readJsonAlone(app);
  answerErrors(app);
  nameResourceMetadata(app, config.publicUrl);
  app.addHook('onRequest', (request, reply, done) => receive({ config, headers, request, reply, done }));
  if (log.isLevelEnabled('info')) app.addHook('onResponse', logRequest);
  closeInTime(app, limits.closeMs);
  return app;
}

function refuseSchema(): never {
  throw new Error("A route's JSON Schema would be checked by nobody.");
}

type Arrival = {
  config: HttpOptions['config'];
  headers: Readonly<Record<string, string>>;
  request: FastifyRequest;
  reply: FastifyReply;
  done: (error?: Error) => void;
};

function receive({ config, headers, request, reply, done }: Arrival): void {
  reply.headers(headers).header('x-request-id', request.id);
  request.client = clientOf(request.raw, config.trustedProxies);
  const malformed = refusalByHost(request.raw);
  if (malformed !== null) return done(malformed);
  const location = httpsLocation(request, config.publicUrl);
  if (location !== null) {
    reply.redirect(location, 308);
    return;
  }
  const { anyOrigin = false } = request.routeOptions.config;
  const foreign = anyOrigin ? null : refusalByOrigin(request.raw, config.publicUrl);
  done(foreign ?? undefined);
}

/** The types that a page of another site can send without asking first (CORS-safelisted) aren't read at all: 415. */
function readJsonAlone(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    parseJson(jsonText(body)),
  );
}

/** JSON is UTF-8 (RFC 8259, section 8.1). Bytes that aren't would become U+FFFD, which is another text than the one sent. */
export function jsonText(body: Buffer): string {
  if (!isUtf8(body)) throw new Problem('request_malformed', { detail: "The JSON isn't UTF-8." });
  return body.toString('utf8');
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOfError(error);
    reportProblem(request, problem);
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler(answerNotFound);
}

/** Connections that become idle while the server closes end soon, and all of them after `closeMs`. */
function closeInTime(app: FastifyInstance, closeMs: number): void {
  let sweeping: NodeJS.Timeout | undefined;
  app.addHook('preClose', (done) => {
    sweeping = setInterval(() => app.server.closeIdleConnections(), 50);
    setTimeout(() => app.server.closeAllConnections(), closeMs).unref();
    done();
  });
  app.server.once('close', () => clearInterval(sweeping));
}

/** One line for each request. Of the URL only the path, since queries may carry a key; the path itself is the caller's text. */
function logRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const [path = ''] = (request.originalUrl ?? request.url).split('?', 1);
  request.log.info(
    {
      requestId: request.id,
      method: request.method,
      path: withoutSecrets(path.slice(0, 300)),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      address: request.client.address,
    },
    'request',
  );
  done();
}
