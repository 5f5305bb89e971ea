import { useId, useState, type ReactNode } from 'react';

import { SearchField } from '../ui/search-field.tsx';
import type { ApiDocument, Operation } from './document.ts';
import { Method } from './operation-view.tsx';

export type OperationListProps = { document: ApiDocument; operations: readonly Operation[]; shown: string | null };

/** Links to every operation, by chapter, as far as they have the text that is searched. */
export function OperationList({ document, operations, shown }: OperationListProps): ReactNode {
  const [text, setText] = useState('');
  const found = operations.filter((operation) => matches(operation, text.toLowerCase()));
  return (
    <nav className="stack" aria-label="Operations">
      <SearchField label="Search operations" value={text} onSearch={setText} />
      {document.tags.map(({ name }) => (
        <Chapter key={name} name={name} operations={found.filter(({ tags }) => tags[0] === name)} shown={shown} />
      ))}
      {found.length === 0 && <p className="soft">No operation has “{text}” in its name.</p>}
    </nav>
  );
}

function matches({ operationId, summary, method, path }: Operation, text: string): boolean {
  return [operationId, summary, `${method} /api/v1${path}`].some((each) => each.toLowerCase().includes(text));
}

type ChapterProps = { name: string; operations: readonly Operation[]; shown: string | null };

function Chapter({ name, operations, shown }: ChapterProps): ReactNode {
  const id = useId();
  if (operations.length === 0) return null;
  return (
    <section className="stack" data-gap="small">
      <h2 id={id} className="small soft">
        {name}
      </h2>
      <ul className="docs-links" role="list" aria-labelledby={id}>
        {operations.map(({ operationId, summary, method }) => (
          <li key={operationId}>
            <a href={`#${operationId}`} aria-current={operationId === shown ? 'page' : undefined}>
              <span>{summary}</span>
              <Method method={method} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
