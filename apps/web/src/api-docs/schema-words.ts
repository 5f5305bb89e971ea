import { nameOf, type Schema } from './document.ts';

/** What a value looks like, in a few words: "text", "list of Permission", "whole number or null". */
export function typeWords(schema: Schema): string {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeWords))].join(' or ');
  if (schema.items) return `list of ${typeWords(schema.items)}`;
  return [schema.type ?? 'anything'].flat().map(oneType).join(' or ');
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  null: 'null',
};

function oneType(type: string): string {
  return TYPES[type] ?? type;
}

/** The bounds and the default, as far as there are any. */
export function limitWords({ minimum, maximum, maxLength, enum: values, default: without }: Schema): string[] {
  return [
    ...(minimum !== undefined && maximum !== undefined ? [`from ${minimum} to ${maximum}`] : []),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(values === undefined ? [] : [`one of ${values.join(', ')}`]),
    ...(without === undefined ? [] : [`without it: ${JSON.stringify(without)}`]),
  ];
}
