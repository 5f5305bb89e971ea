import { useEffect, useRef, type ReactNode } from 'react';

import { failureOf } from '../words/failure.ts';
import { countWords } from '../words/time-words.ts';
import { Button } from './button.tsx';
import { goInto } from './rows.ts';

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

/**
 * The button goes with the last page and takes the focus with it, and the keyboard would start at the top of the page.
 * The first new row of the table before it gets the focus, or where that holds nothing to press, the foot's own line.
 */
function useKeptFocus(shown: number, hasNextPage: boolean) {
  const line = useRef<HTMLSpanElement>(null);
  const shownBefore = useRef<number>(null);
  useEffect(() => {
    if (shownBefore.current === null || hasNextPage || document.activeElement !== document.body) return;
    const table = line.current?.parentElement?.previousElementSibling;
    if (!table || !goInto(table, shownBefore.current)) line.current?.focus();
    shownBefore.current = null;
  }, [hasNextPage]);
  return { line, onLoad: () => void (shownBefore.current = shown) };
}

/** The foot of a keyset list, right behind its table. Nobody counts a whole table for it. */
export function LoadMore({ noun, nouns, shown, query }: LoadMoreProps): ReactNode {
  const failure = query.isFetchNextPageError ? failureOf(query.error) : null;
  const { line, onLoad } = useKeptFocus(shown, query.hasNextPage);
  const load = () => {
    onLoad();
    query.fetchNextPage();
  };
  return (
    <div className="table-foot">
      <span ref={line} className="soft small" role="status" tabIndex={-1}>
        {failure ? `${failure.what} ${failure.next}` : `${countWords(shown, noun, nouns)} shown`}
      </span>
      {query.hasNextPage && (
        <Button size="small" pending={query.isFetchingNextPage} onClick={load}>
          {failure ? 'Retry' : 'Load more'}
        </Button>
      )}
    </div>
  );
}
