/** As much of an OpenAPI document as the page shows. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
};

type Media = { schema: Schema; example?: unknown };

export type Parameter = {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description: string;
  schema: Schema;
  example: unknown;
};

type OperationObject = {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: { 'application/json': Media } };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
  'x-latchkey-guard': {
    rung: string;
    demands: string | null;
    credentials: ('session' | 'access_token' | 'api_key')[];
    freshWithinMs: number | null;
  };
};

export type Operation = OperationObject & { method: string; path: string };

export type ApiDocument = {
  info: { description: string };
  servers: [{ url: string }];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
};

/** Rejects where it can't be had. */
export async function loadDocument(): Promise<ApiDocument> {
  const answer = await fetch('/api/v1/openapi.json');
  if (!answer.ok) throw new Error(`/api/v1/openapi.json answered ${answer.status}.`);
  return (await answer.json()) as ApiDocument;
}

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** The schema that a reference means. */
export function resolve({ components }: ApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  return { ...components.schemas[nameOf($ref)], ...beside };
}

export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
