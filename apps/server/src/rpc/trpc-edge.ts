import { getTRPCErrorFromUnknown, getTRPCErrorShape, type AnyTRPCRouter } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { jsonText, problemHeaders, reportProblem, sendJson, sendListJson } from '../http/index.ts';
import { Problem } from '../problems/index.ts';
import type { CallContext } from './context.ts';
import { problemOf, type formatTrpcError } from './problem-body.ts';
import { runProcedure } from './run-procedure.ts';
import { lazyInputs, procedureFinder, readCalls, type Call, type TrpcRequest } from './trpc-calls.ts';

export type Edge = {
  router: AnyTRPCRouter;
  createContext: (request: FastifyRequest, reply: FastifyReply, calls?: number) => CallContext;
};

/**
 * tRPC's wire format at `/trpc/<procedure>`, over tRPC's own shapes. Its own Fastify adapter builds a web Request,
 * Response and stream for every call, which costs more than all the rest of a guarded call
 * (`decisions/2026-11-22-edge.md`).
 */
export function registerTrpc(app: FastifyInstance, edge: Edge & { maxBatchSize?: number }): void {
  const { router, createContext, maxBatchSize = 10 } = edge;
  const find = procedureFinder(router);
  const handle = async (request: TrpcRequest, reply: FastifyReply) => {
    if (request.method === 'HEAD') return reply.code(204).send();
    requireJson(request);
    const { calls, isBatch } = readCalls(request, find, maxBatchSize);
    const turn = {
      router,
      request,
      ctx: createContext(request, reply, calls.length),
      inputOf: lazyInputs(request, isBatch),
    };
    const answers = await Promise.all(calls.map((call) => answerCall(turn, call)));
    if (!calls.every(isListQuery)) return sendJson(reply, writeAnswers(reply, answers, isBatch));
    return sendListJson(reply, writeAnswers(reply, answers, isBatch));
  };
  const scoped = async (scope: FastifyInstance) => {
    keepBodiesAsText(scope);
    scope.setErrorHandler((error, request, reply) => {
      const answer = failure({ router, request, ctx: { origin: { requestId: request.id } } }, error);
      return sendJson(reply, writeAnswers(reply, [answer], false));
    });
    scope.all('/:path', handle);
  };
  void app.register(scoped, { prefix: '/trpc' });
}

/** Parsed when a procedure asks for its input, so that the guard comes first. */
function keepBodiesAsText(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => jsonText(body),
  );
}

/** Fastify lets a request without a body do without a type; a page of another site may send such a one without asking. */
function requireJson({ method, headers }: FastifyRequest): void {
  if (method !== 'GET' && headers['content-type'] === undefined) throw new Problem('media_type_unsupported');
}

type Answer = { response: TRPCResponse; problem: Problem | null };

type Turn = { router: AnyTRPCRouter; request: FastifyRequest; ctx: ErrorContext };
type ErrorContext = Parameters<typeof formatTrpcError>[0]['ctx'];

type CallTurn = Turn & { ctx: CallContext; inputOf: (index: number) => unknown };

async function answerCall(turn: CallTurn, call: Call): Promise<Answer> {
  const { router, request, ctx, inputOf } = turn;
  const { path, procedure, index: batchIndex } = call;
  try {
    if (!procedure) throw new Problem('not_found', { detail: 'There is no such procedure.' });
    const { type } = procedure._def;
    // Mutations by POST alone, so that no link, image or redirect can change anything.
    const allowed = type === 'query' ? ['GET', 'HEAD'] : ['POST'];
    if (!allowed.includes(request.method)) throw new Problem('method_not_allowed', { allowed });
    const { input, output } = router._def._config.transformer;
    const getRawInput = async () => input.deserialize(inputOf(batchIndex));
    const data = await runProcedure(procedure, { path, type, getRawInput, ctx, batchIndex });
    return { response: { result: { data: output.serialize(data) } }, problem: null };
  } catch (error) {
    return failure(turn, error, path);
  }
}

function failure({ router, request, ctx }: Turn, thrown: unknown, path?: string): Answer {
  const problem = problemOf(thrown);
  reportProblem(request, problem);
  const error = getTRPCErrorFromUnknown(thrown);
  const config = router._def._config;
  const shape = getTRPCErrorShape({ config, error, path, ctx, type: 'unknown', input: undefined });
  return { response: { error: config.transformer.output.serialize(shape) }, problem };
}

/** Sets status and headers, and gives the text of the body: of a batch, a list with an answer for each call. */
function writeAnswers(reply: FastifyReply, answers: readonly Answer[], isBatch: boolean): string {
  const responses = answers.map(({ response }) => response);
  for (const { problem } of answers) if (problem) reply.headers(problemHeaders(problem));
  // Calls that went differently make a 207, as with the stock adapter.
  reply.code(getHTTPStatusCode(responses));
  return JSON.stringify(isBatch ? responses : responses[0]);
}

/** No list holds a secret, by the schemas of `@latchkey/schemas`: only what makes or rotates a key tells it. */
function isListQuery({ path, procedure }: Call): boolean {
  return procedure?._def.type === 'query' && path.endsWith('.list');
}
