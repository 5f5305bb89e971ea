import { fieldOf } from './fields.ts';
import { COMPONENTS, type JsonSchema } from './json-schema.ts';

type Components = Readonly<Record<string, JsonSchema>>;

/** Something that the schema takes, made of its fields' own examples. */
export function exampleOf(components: Components, schema: JsonSchema, owner: string): unknown {
  if (schema.$ref !== undefined) return exampleOfComponent(components, schema.$ref);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf) return exampleOf(components, schema.anyOf[0] ?? {}, owner);
  if (schema.items) return [exampleOf(components, schema.items, owner)];
  const fields = Object.entries(schema.properties ?? {});
  return Object.fromEntries(fields.map(([name, field]) => [name, exampleOfField(components, field, owner, name)]));
}

function exampleOfComponent(components: Components, ref: string): unknown {
  const name = ref.slice(COMPONENTS.length);
  return exampleOf(components, components[name] ?? {}, name);
}

export function exampleOfField(components: Components, schema: JsonSchema, owner: string, name: string): unknown {
  const example = fieldOf(owner, name)?.example;
  return example === undefined ? exampleOf(components, schema, name) : example;
}

export function describedBy(owner: string, name: string): { description?: string } {
  const field = fieldOf(owner, name);
  return field ? { description: field.means } : {};
}

/** The same schema with each field's sentence. */
export function described(schema: JsonSchema, owner: string): JsonSchema {
  const inner = (each: JsonSchema) => described(each, owner);
  const properties = Object.entries(schema.properties ?? {}).map(([name, field]): [string, JsonSchema] => [
    name,
    { ...described(field, name), ...describedBy(owner, name) },
  ]);
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(properties) }),
    ...(schema.items && { items: inner(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(inner) }),
  };
}
