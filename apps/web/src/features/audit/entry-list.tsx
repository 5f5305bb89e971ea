import type { AuditEntry } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { RelativeTime } from '../../ui/relative-time.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { actorWords, actWords, changeWords, credentialWords, targetWords } from './entry-words.ts';

type EntryListProps = {
  label: string;
  entries: readonly AuditEntry[];
  /** `actor`: who it was goes without saying. */
  without?: 'actor';
};

/** The newest entries in few words, for pages that are about something else. */
export function EntryList({ label, entries, without }: EntryListProps): ReactNode {
  return (
    <ol className="entry-list" role="list" aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.id}>
          <Line entry={entry} withActor={without !== 'actor'} />
        </li>
      ))}
    </ol>
  );
}

function Line({ entry, withActor }: { entry: AuditEntry; withActor: boolean }): ReactNode {
  const what = [targetWords(entry), changeWords(entry)].filter((each) => each !== null).join(': ');
  const who = withActor ? actorWords(entry) : [entry.address, credentialWords(entry)].filter(Boolean).join(', ');
  return (
    <>
      <div>
        <span className="entry-act">{actWords(entry)}</span> {what}
        {who && <span className="cell-sub">{who}</span>}
      </div>
      <span className="soft small">
        <RelativeTime atMs={entry.atMs} />
      </span>
    </>
  );
}

/** As high as the list will be. */
export function EntryListSkeleton({ rows }: { rows: number }): ReactNode {
  return (
    <div className="entry-list" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} aria-hidden="true">
          <div>
            <Skeleton size="long" />
            <span className="cell-sub">
              <Skeleton size="short" />
            </span>
          </div>
        </div>
      ))}
    </div>
  );
}
