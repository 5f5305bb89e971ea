import type { ReactNode } from 'react';

import { resolve, type ApiDocument, type Schema } from './document.ts';
import { Prose } from './prose.tsx';
import { limitWords, typeWords } from './schema-words.ts';

type Named = { name: string; required: boolean; schema: Schema; place?: string };

/** Each field with its type, its sentence, and the fields inside it. */
export function FieldsList({ document, fields }: { document: ApiDocument; fields: readonly Named[] }): ReactNode {
  return (
    <ul className="docs-fields" role="list">
      {fields.map(({ name, required, schema, place }) => (
        <li key={name}>
          <div className="row">
            <code className="docs-field-name">{name}</code>
            <span className="soft small">
              {[typeWords(schema), place, required ? 'required' : null].filter(Boolean).join(' · ')}
            </span>
          </div>
          {schema.description && <Prose text={schema.description} />}
          <Limits schema={resolve(document, schema)} />
          <Inside document={document} schema={schema} />
        </li>
      ))}
    </ul>
  );
}

function Limits({ schema }: { schema: Schema }): ReactNode {
  const words = limitWords(schema.items?.enum ? schema.items : schema);
  return words.length > 0 && <p className="soft small">{words.join(' · ')}</p>;
}

function Inside({ document, schema }: { document: ApiDocument; schema: Schema }): ReactNode {
  const inside = fieldsOf(document, schema);
  if (inside.length === 0) return null;
  return (
    <details>
      <summary className="small">Its fields</summary>
      <FieldsList document={document} fields={inside} />
    </details>
  );
}

/** The fields of an object, or of the objects in a list. */
export function fieldsOf(document: ApiDocument, schema: Schema): Named[] {
  const { items, anyOf, properties, required } = resolve(document, schema);
  if (items) return fieldsOf(document, items);
  if (anyOf) return anyOf.flatMap((each) => fieldsOf(document, each));
  return Object.entries(properties ?? {}).map(([name, field]) => ({
    name,
    required: required?.includes(name) ?? false,
    schema: field,
  }));
}
