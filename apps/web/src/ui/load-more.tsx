import type { ReactNode } from 'react';

import { failureOf } from '../words/failure.ts';
import { countWords } from '../words/time-words.ts';
import { Button } from './button.tsx';

export type LoadMoreProps = {
  /** What is listed: "key", for "50 keys shown". */
  noun: string;
  nouns?: string;
  shown: number;
  query: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError?: boolean;
    error?: unknown;
    fetchNextPage: () => unknown;
  };
};

/** The foot of a keyset list. Nobody counts a whole table for it. */
export function LoadMore({ noun, nouns, shown, query }: LoadMoreProps): ReactNode {
  const failure = query.isFetchNextPageError ? failureOf(query.error) : null;
  return (
    <div className="table-foot">
      <span className="soft small" role="status">
        {failure ? `${failure.what} ${failure.next}` : `${countWords(shown, noun, nouns)} shown`}
      </span>
      {query.hasNextPage && (
        <Button size="small" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {failure ? 'Retry' : 'Load more'}
        </Button>
      )}
    </div>
  );
}
