import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import type { FastifyRequest } from 'fastify';

import { parseJson, type Query } from '../http/index.ts';
import { Problem } from '../problems/index.ts';

/** A request at `/trpc/<path>`. The body is text, since it is parsed no earlier than a procedure asks for its input. */
export type TrpcRequest = FastifyRequest<{ Params: { path: string }; Querystring: Query; Body: string | undefined }>;

export type Call = {
  path: string;
  procedure: AnyTRPCProcedure | undefined;
  /** The call's place in its batch. */
  index: number;
};

/** Finds procedures by path. Throws at the start for what this edge doesn't do. */
export function procedureFinder({ _def }: AnyTRPCRouter): (path: string) => AnyTRPCProcedure | undefined {
  // A Map: in an object, paths such as `constructor` and `__proto__` would find something [B29].
  const procedures = new Map<string, AnyTRPCProcedure>(Object.entries(_def.procedures));
  const subscription = [...procedures].find(([, procedure]) => procedure._def.type === 'subscription');
  if (subscription) throw new Error(`Subscriptions aren't served: ${subscription[0]}`);
  return (path) => procedures.get(path);
}

/** The calls of one request, by tRPC's rules: one, or with `?batch=1` several with commas between, all of one kind. */
export function readCalls(
  { params, query }: TrpcRequest,
  find: (path: string) => AnyTRPCProcedure | undefined,
  maxBatchSize: number,
): { calls: Call[]; isBatch: boolean } {
  if (query['batch'] !== '1') {
    return { calls: [{ path: params.path, procedure: find(params.path), index: 0 }], isBatch: false };
  }
  const paths = params.path.split(',');
  if (paths.length > maxBatchSize) throw malformed(`A batch holds at most ${maxBatchSize} calls.`);
  const calls = paths.map((path, index) => ({ path, procedure: find(path), index }));
  const kinds = new Set(calls.flatMap(({ procedure }) => procedure?._def.type ?? []));
  if (kinds.size > 1) throw malformed('A batch holds queries or mutations, not both.');
  return { calls, isBatch: true };
}

/** Reads the request's text when the first input is asked for: a refused caller's text isn't even parsed. */
export function lazyInputs(request: TrpcRequest, isBatch: boolean): (index: number) => unknown {
  let read: { inputs: unknown } | null = null;
  return (index) => {
    read ??= { inputs: readInputs(request) };
    if (!isBatch || read.inputs === undefined) return read.inputs;
    if (!isRecord(read.inputs)) throw malformed('The input of a batch is an object with one member for each call.');
    return read.inputs[index];
  };
}

function readInputs({ method, query, body }: TrpcRequest): unknown {
  if (method !== 'GET') return parseJson(body ?? '');
  const { input } = query;
  if (Array.isArray(input)) throw malformed('The input is there more than once.');
  return input ? parseJson(input) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<number, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(detail: string): Problem {
  return new Problem('request_malformed', { detail });
}
