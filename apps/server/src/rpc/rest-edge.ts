import type { AnyTRPCProcedure } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { reportProblem, sendJson, sendListJson, sendProblem, type Query } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import { PathTree } from './path-tree.ts';
import { problemOf } from './problem-body.ts';
import { runProcedure } from './run-procedure.ts';
import type { Edge } from './trpc-edge.ts';

/** Where a procedure is found beside tRPC: under `/api/v1`, with names of its input in braces. */
export type Rest = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: `/${string}`;
  /** Of the answer when all went well. */
  status: 200 | 201 | 204;
};

type RestRequest = FastifyRequest<{ Params: Record<string, string>; Querystring: Query }>;

type Operation = { rest: Rest; procedurePath: string; type: 'query' | 'mutation'; procedure: AnyTRPCProcedure };

declare module 'fastify' {
  interface FastifyRequest {
    /** The path at `/api/v1` that it is for, with the path's names. */
    readonly template: string | undefined;
    /** What its method does there. */
    operation: Operation;
  }
}

const PREFIX = '/api/v1';

/**
 * Every procedure that names a `rest` in its metadata, at `/api/v1`, by the same guards and schemas as on tRPC. To Fastify they are
 * one route: one for each path and method would be a thousand, and take a quarter of the start.
 */
export function registerRest(app: FastifyInstance, edge: Edge): void {
  const paths = pathsOf(edge);
  // Asked for by need, since a request may be refused before it gets to the hook below.
  app.decorateRequest('template', {
    getter(this: FastifyRequest) {
      return this.url.startsWith(PREFIX) ? paths.find(pathOf(this))?.value.template : undefined;
    },
  });
  app.decorateRequest('operation');
  const scoped = async (scope: FastifyInstance) => {
    scope.setErrorHandler((error, request, reply) => {
      const problem = problemOf(error);
      reportProblem(request, problem);
      return sendProblem(reply, problem);
    });
    // Before the body is read, which could be anything.
    scope.addHook('onRequest', (request, reply, done) => {
      const found = paths.find(pathOf(request));
      if (!found) return reply.callNotFound();
      const { operations } = found.value;
      request.params = found.params;
      const operation = operations.get(request.method);
      if (!operation) return answerOtherMethod(request, reply, [...operations.keys(), 'OPTIONS']);
      request.operation = operation;
      return done();
    });
    scope.all('/*', (request: RestRequest, reply) => answer(edge, request, reply));
  };
  void app.register(scoped, { prefix: PREFIX });
}

function operationsOf({ router }: Edge): Operation[] {
  return Object.entries<AnyTRPCProcedure>(router._def.procedures).flatMap(([procedurePath, procedure]) => {
    const { meta, type } = procedure._def;
    const { rest } = (meta ?? {}) as { rest?: Rest };
    if (!rest) return [];
    // A GET that changes something would do so from any link or image of another site.
    if (type === 'subscription' || (rest.method === 'GET') !== (type === 'query')) {
      throw new Error(`${procedurePath} is a ${type}, so it can't be served by ${rest.method}.`);
    }
    return [{ rest, procedurePath, type, procedure }];
  });
}

type Path = { template: string; operations: ReadonlyMap<string, Operation> };

function pathsOf(edge: Edge): PathTree<Path> {
  const paths = new PathTree<Path>();
  for (const [path, operations] of Map.groupBy(operationsOf(edge), ({ rest }) => rest.path)) {
    const template = PREFIX + path.replaceAll(/\{(\w+)\}/g, ':$1');
    paths.add(path, { template, operations: byMethod(operations) });
  }
  return paths;
}

function byMethod(operations: readonly Operation[]): Map<string, Operation> {
  const found = new Map<string, Operation>();
  for (const operation of operations) {
    const { method, path } = operation.rest;
    if (found.has(method)) throw new Error(`${method} ${path} is there twice.`);
    found.set(method, operation);
    if (method === 'GET') found.set('HEAD', operation);
  }
  return found;
}

/** Below the prefix, without the query. */
function pathOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return url.slice(PREFIX.length, end === -1 ? undefined : end);
}

function answerOtherMethod({ method }: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): FastifyReply {
  if (method !== 'OPTIONS') return sendProblem(reply, new Problem('method_not_allowed', { allowed }));
  return reply.code(204).header('allow', allowed.join(', ')).send();
}

async function answer(edge: Edge, request: RestRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { rest, procedurePath: path, type, procedure } = request.operation;
  const ctx = edge.createContext(request, reply);
  // Read when the guard has let the caller through.
  const getRawInput = async () => inputOf(request, rest);
  const data = await runProcedure(procedure, { path, type, ctx, getRawInput, batchIndex: 0 });
  reply.code(rest.status);
  if (rest.status === 204) return reply.send();
  const text = JSON.stringify(data);
  return rest.method === 'GET' && path.endsWith('.list') ? sendListJson(reply, text) : sendJson(reply, text);
}

/** Names in the path, and beside them the query of a GET or DELETE, and the body. What is sent is never overlooked. */
function inputOf({ params, query, body }: RestRequest, { method }: Rest): Record<string, unknown> {
  // The credential that the query may carry is none of the procedure's business.
  const { api_key: _credential, ...fields } = query;
  const isByQuery = method === 'GET' || method === 'DELETE';
  if (!isByQuery) refuseFields(Object.keys(fields), 'There is no such field in the query.');
  const given = isByQuery ? { ...objectOf(body), ...onceEach(fields) } : objectOf(body);
  refuseFields(
    Object.keys(params).filter((name) => Object.hasOwn(given, name)),
    'The path names this already.',
  );
  return { ...given, ...params };
}

/** Of a name that comes twice, each reader would take another one. */
function onceEach(fields: Query): Record<string, unknown> {
  refuseFields(
    Object.keys(fields).filter((name) => Array.isArray(fields[name])),
    'Send this once.',
  );
  return fields;
}

function objectOf(body: unknown): object {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new Problem('input_invalid', { issues: [{ path: '', message: 'Use an object.' }] });
}

function refuseFields(names: readonly string[], message: string): void {
  if (names.length === 0) return;
  const issues = names.slice(0, 20).map((name) => ({ path: name.slice(0, 100), message }));
  throw new Problem('input_invalid', { issues });
}
