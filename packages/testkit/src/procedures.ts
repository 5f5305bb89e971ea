import type { ProblemBody } from '@latchkey/schemas';
import type { AnyTRPCRouter } from '@trpc/server';

import type { Answer, Caller } from './caller.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
/** As much of a zod schema as is needed to take it apart. */
export type FieldSchema = {
  safeParse(value: unknown): { success: boolean };
  _zod: { def: { type: string; shape?: Record<string, FieldSchema>; innerType?: FieldSchema } };
};

/** A procedure as its callers know it. */
export type Procedure = {
  path: string;
  kind: 'query' | 'mutation';
  rest: { method: Method; path: string } | null;
  /** What it takes, by name. */
  fields: Readonly<Record<string, FieldSchema>>;
};

export type RawAnswer = Answer<unknown> & {
  /** Null when the call went well. */
  problem: ProblemBody | null;
};

/** Every procedure of a router, for tests that hold for all of them, those that are still to be written too. */
export function proceduresOf(router: AnyTRPCRouter): Procedure[] {
  type Internals = { type: Procedure['kind']; inputs: FieldSchema[]; meta?: { rest?: Procedure['rest'] } };
  const procedures = Object.entries(router._def.procedures as Record<string, { _def: unknown }>);
  return procedures.map(([path, { _def }]) => {
    const { type: kind, inputs, meta } = _def as Internals;
    return { path, kind, rest: meta?.rest ?? null, fields: Object.assign({}, ...inputs.map(fieldsOf)) };
  });
}

function fieldsOf({ _zod: { def } }: FieldSchema): Record<string, FieldSchema> {
  return def.shape ?? (def.innerType ? fieldsOf(def.innerType) : {});
}

/** Calls it on tRPC with this text for its input, whatever that is. */
export async function callWithText(caller: Caller, { path, kind }: Procedure, text: string): Promise<RawAnswer> {
  const url = `/trpc/${path}`;
  type Body = { error?: { data: { problem: ProblemBody } } };
  const answer = await (kind === 'query'
    ? caller.request<Body>('GET', `${url}?input=${encodeURIComponent(text)}`)
    : caller.request<Body>('POST', url, text));
  return { ...answer, problem: answer.body.error?.data.problem ?? null };
}

/** Calls it under `/api/v1`: names of the path go there, the rest into the query or the body. */
export async function callRest(
  caller: Caller,
  rest: NonNullable<Procedure['rest']>,
  input: Readonly<Record<string, unknown>>,
): Promise<RawAnswer> {
  const left = new Map(Object.entries(input));
  const path = rest.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return encodeURIComponent(textOf(value));
  });
  const answer =
    rest.method === 'GET' || rest.method === 'DELETE'
      ? await caller.rest<unknown>(rest.method, `${path}?${queryOf(left)}`)
      : await caller.rest<unknown>(rest.method, path, Object.fromEntries(left));
  return { ...answer, problem: answer.status < 400 ? null : (answer.body as ProblemBody) };
}

function queryOf(fields: ReadonlyMap<string, unknown>): string {
  const texts = new Map([...fields].map(([name, value]) => [name, textOf(value)] as const));
  return new URLSearchParams([...texts]).toString();
}

function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed();
}
