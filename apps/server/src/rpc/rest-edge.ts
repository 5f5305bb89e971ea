import type { AnyTRPCProcedure } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { refuseOtherMethods, reportProblem, sendJson, sendListJson, sendProblem, type Query } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
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

/** Every procedure that names a `rest` in its metadata, at `/api/v1`, by the same guards and schemas as on tRPC. */
export function registerRest(app: FastifyInstance, edge: Edge): void {
  const operations = Map.groupBy(operationsOf(edge), ({ rest }) => rest.path.replaceAll(/\{(\w+)\}/g, ':$1'));
  const scoped = async (scope: FastifyInstance) => {
    scope.setErrorHandler((error, request, reply) => {
      const problem = problemOf(error);
      reportProblem(request, problem);
      return sendProblem(reply, problem);
    });
    for (const [url, group] of operations) registerPath(scope, edge, url, group);
  };
  void app.register(scoped, { prefix: '/api/v1' });
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

/** One path with all its methods; what it doesn't do is refused by name. */
function registerPath(scope: FastifyInstance, edge: Edge, url: string, operations: readonly Operation[]): void {
  const done = operations.flatMap(({ rest: { method } }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  for (const operation of operations) {
    const { method } = operation.rest;
    const handler = (request: RestRequest, reply: FastifyReply) => answer(edge, operation, request, reply);
    scope.route({ method: method === 'GET' ? ['GET', 'HEAD'] : method, url, handler });
  }
  const allowed = [...done, 'OPTIONS'];
  scope.options(url, (_request, reply) => reply.code(204).header('allow', allowed.join(', ')).send());
  scope.route({
    method: scope.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    // Before the body is read, which could be anything.
    onRequest: async (_request, reply) => refuseOtherMethods(reply, allowed),
    handler: async (_request, reply) => refuseOtherMethods(reply, allowed),
  });
}

async function answer(
  edge: Edge,
  operation: Operation,
  request: RestRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { rest, procedurePath: path, type, procedure } = operation;
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
