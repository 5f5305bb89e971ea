import * as schemas from '@latchkey/schemas';
import * as z from 'zod/mini';

/** As much of JSON Schema 2020-12 as our schemas use. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $defs?: Record<string, JsonSchema>;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  format?: string;
  pattern?: string;
};

export const COMPONENTS = '#/components/schemas/';

/** What answers are made of, by the names that `@latchkey/schemas` exports: `apiKey` is the component `ApiKey`. */
const NAMES = z.registry<{ id: string }>();
for (const [name, schema] of Object.entries(schemas)) {
  if (isShared(schema)) NAMES.add(schema, { id: `${name[0]?.toUpperCase()}${name.slice(1)}` });
}

/** Enums and the objects of answers; inputs are strict, and each belongs to one operation. */
function isShared(schema: unknown): schema is z.ZodMiniType {
  if (!(schema instanceof z.ZodMiniType)) return false;
  return (
    schema instanceof z.ZodMiniEnum || (schema instanceof z.ZodMiniObject && schema._zod.def.catchall === undefined)
  );
}

export type Converted = { of: Record<string, JsonSchema>; components: Record<string, JsonSchema> };

/** Each schema by its name, and the shared ones that they refer to. */
export function convert(given: Record<string, z.ZodMiniType>, io: 'input' | 'output'): Converted {
  const root = z.toJSONSchema(z.object(given), { io, metadata: NAMES, override: asItIsWritten });
  const { properties, $defs }: JsonSchema = JSON.parse(JSON.stringify(root).replaceAll('"#/$defs/', `"${COMPONENTS}`));
  return { of: properties ?? {}, components: $defs ?? {} };
}

type Overridden = { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema };

/** Queries hold texts, so some fields take the text of a number or a flag as well. In JSON one writes the number or the flag. */
function asItIsWritten({ zodSchema, jsonSchema }: Overridden): void {
  const bounds = schemas.wholeNumbers.get(zodSchema);
  if (bounds) replace(jsonSchema, { type: 'integer', ...bounds });
  if (zodSchema === schemas.flag) replace(jsonSchema, { type: 'boolean' });
  if (zodSchema instanceof z.ZodMiniDefault) jsonSchema.default = zodSchema._zod.def.defaultValue;
  // Not bounds of ours: every number of JavaScript has them.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function replace(target: object, by: JsonSchema): void {
  for (const name of Object.keys(target)) Reflect.deleteProperty(target, name);
  Object.assign(target, by);
}
