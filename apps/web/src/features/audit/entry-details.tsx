import type { ReactNode } from 'react';

import { ExactTime } from '../../ui/relative-time.tsx';
import { countWords, numberWords } from '../../words/time-words.ts';
import { nameWords } from './entry-words.ts';

/** Facts whose shape only their act knows, as people read them. */
export function EntryDetails({ details }: { details: Readonly<Record<string, unknown>> }): ReactNode {
  const names = Object.keys(details);
  if (names.length === 0) return <p className="soft">Nothing more is known.</p>;
  return (
    <dl className="facts">
      {names.map((name) => (
        <div key={name}>
          <dt>{nameWords(name)}</dt>
          <dd>
            <Value name={name} value={details[name]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ name, value }: { name: string; value: unknown }): ReactNode {
  if (value === null || value === undefined) return <span className="soft">None</span>;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return <NumberValue name={name} value={value} />;
  if (Array.isArray(value)) return <Values name={name} values={value} />;
  if (typeof value === 'object') return <EntryDetails details={value as Record<string, unknown>} />;
  return null;
}

function NumberValue({ name, value }: { name: string; value: number }): ReactNode {
  if (name.endsWith('Ms')) return <ExactTime atMs={value} />;
  return name.endsWith('Seconds') ? countWords(value, 'second') : numberWords(value);
}

function Values({ name, values }: { name: string; values: readonly unknown[] }): ReactNode {
  if (values.length === 0) return <span className="soft">None</span>;
  return (
    <ul role="list">
      {values.map((value, place) => (
        <li key={place}>
          <Value name={name} value={value} />
        </li>
      ))}
    </ul>
  );
}
