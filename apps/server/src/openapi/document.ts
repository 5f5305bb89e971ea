import type { GuardDescription, ProblemCode } from '@latchkey/schemas';
import type { AnyRouter } from '@trpc/server';

import { describeGuards, describeShapes, type ProcedureShape, type Rest } from '../rpc/index.ts';
import { described, describedBy, exampleOf, exampleOfField } from './examples.ts';
import { convert, type JsonSchema } from './json-schema.ts';
import { isOnRest, OPERATIONS, type NotOnRest, type OperationWords } from './operations.ts';
import { PROBLEM_EXAMPLES, problemSchema } from './problem.ts';
import type { Feature, ProcedurePath } from './procedure-path.ts';
import { HEADERS, headersOf, problemResponses, problemsOf } from './responses.ts';
import { SECURITY_SCHEMES, securityOf } from './security.ts';
import { TAG_OF, TAGS } from './tags.ts';

const DESCRIPTION = `The same procedures that the pages call, by the same guards and the same checks of what is sent.

**Credentials.** Each operation says which kinds will do. Send one: two explicit ones are refused. An explicit one wins over a cookie.

**JSON.** In camelCase; a field that isn't listed is refused. Times are whole milliseconds since 1970-01-01 UTC, and their names end in \`Ms\`.

**Lists.** A page has \`items\` and \`nextCursor\`; send that back as \`cursor\` for the next one. After the last, it is null.

**Problems.** Every refusal is \`application/problem+json\` (RFC 9457) with a \`code\` that stays the same, and a \`requestId\` for the operator.`;

type Operation = ProcedureShape & { rest: Rest; guard: GuardDescription; words: OperationWords };

/** The OpenAPI 3.1 document, read off the procedures. Throws where one can't be described: such a document must not go out. */
export function openApiDocument(router: AnyRouter, publicUrl: string): object {
  const operations = operationsOf(router);
  const inputs = convert(Object.fromEntries(operations.map(({ procedure, input }) => [procedure, input])), 'input');
  const outputs = convert({ Problem: problemSchema, ...outputsOf(operations) }, 'output');
  const { Problem = {}, ...answers } = outputs.of;
  const components = { ...inputs.components, ...outputs.components, Problem };
  const paths = Map.groupBy(operations, ({ rest }) => rest.path);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version: '1',
      summary: 'Accounts, API keys and access tokens.',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(
      [...paths].map(([path, group]) => [
        path,
        Object.fromEntries(
          group.map((operation) => [
            operation.rest.method.toLowerCase(),
            describeOperation(operation, components, inputs.of[operation.procedure], answers[operation.procedure]),
          ]),
        ),
      ]),
    ),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      headers: HEADERS,
      examples: examplesOf(operations),
      schemas: Object.fromEntries(Object.entries(components).map(([name, schema]) => [name, described(schema, name)])),
    },
  };
}

function operationsOf(router: AnyRouter): Operation[] {
  const guards = new Map(describeGuards(router).map((guard) => [guard.procedure, guard]));
  return describeShapes(router).flatMap((shape) => {
    const words: OperationWords | NotOnRest | undefined = OPERATIONS[shape.procedure as ProcedurePath];
    const guard = guards.get(shape.procedure);
    if (words === undefined || guard === undefined || isOnRest(words) !== (shape.rest !== null)) {
      throw new Error(`${shape.procedure} and its line in openapi/operations.ts don't agree.`);
    }
    return shape.rest !== null && isOnRest(words) ? [{ ...shape, rest: shape.rest, guard, words }] : [];
  });
}

/** Of the codes that any operation can be refused with. */
function examplesOf(operations: readonly Operation[]): object {
  const codes = new Set(operations.flatMap(({ rest, guard, words }) => problemsOf(rest, guard, words)));
  return Object.fromEntries(Object.entries(PROBLEM_EXAMPLES).filter(([code]) => codes.has(code as ProblemCode)));
}

function outputsOf(operations: readonly Operation[]) {
  return Object.fromEntries(operations.flatMap(({ procedure, output }) => (output ? [[procedure, output]] : [])));
}

type Components = Readonly<Record<string, JsonSchema>>;

function describeOperation(
  { procedure, rest, guard, words }: Operation,
  components: Components,
  input: JsonSchema = {},
  output: JsonSchema | undefined,
): object {
  const isByQuery = rest.method === 'GET' || rest.method === 'DELETE';
  const inPath = new Set([...rest.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const fields = Object.entries(input.properties ?? {});
  const place = (name: string) => (inPath.has(name) ? 'path' : isByQuery ? 'query' : 'body');
  const parameters = fields
    .filter(([name]) => place(name) !== 'body')
    .map(([name, schema]) => ({
      name,
      in: place(name),
      required: input.required?.includes(name) ?? false,
      ...describedBy(procedure, name),
      schema: scalar(procedure, name, schema),
      example: exampleOfField(components, schema, procedure, name),
    }));
  const body = bodyOf(
    input,
    fields.filter(([name]) => place(name) === 'body'),
  );
  return {
    operationId: procedure,
    tags: [TAG_OF[procedure.split('.')[0] as Feature]],
    summary: words.summary,
    ...(words.description !== undefined && { description: words.description }),
    security: securityOf(guard, rest.method),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: (body.required ?? []).length > 0,
        content: {
          'application/json': { schema: described(body, procedure), example: exampleOf(components, body, procedure) },
        },
      },
    }),
    responses: {
      [rest.status]: goodResponse(rest, words, components, output),
      ...problemResponses(problemsOf(rest, guard, words)),
    },
    'x-latchkey-guard': guard,
  };
}

/** A name that comes twice in a query is refused, so that a list can't be written there. */
function scalar(procedure: string, name: string, schema: JsonSchema): JsonSchema {
  if (schema.items || schema.properties) throw new Error(`${procedure}: ${name} can't be in a path or a query.`);
  return schema;
}

function bodyOf(input: JsonSchema, fields: [string, JsonSchema][]): JsonSchema | null {
  if (fields.length === 0) return null;
  const names = new Set(fields.map(([name]) => name));
  const required = (input.required ?? []).filter((name) => names.has(name));
  return {
    type: 'object',
    properties: Object.fromEntries(fields),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

const GOOD = { 200: 'It went well.', 201: 'It was made.', 204: 'It went well, and there is nothing to say.' };

function goodResponse(
  rest: Rest,
  { cookie }: OperationWords,
  components: Components,
  output: JsonSchema | undefined,
): object {
  if ((rest.status === 204) !== (output === undefined))
    throw new Error(`${rest.path}: 204 is for answers without a body.`);
  return {
    description: GOOD[rest.status],
    headers: headersOf('X-Request-Id', ...(cookie ? (['Set-Cookie'] as const) : [])),
    ...(output && {
      content: { 'application/json': { schema: output, example: exampleOf(components, output, 'answer') } },
    }),
  };
}
