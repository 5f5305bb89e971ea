import type { ReactNode } from 'react';

import { problemOf } from '../words/failure.ts';
import { Loaded, type LoadedProps } from './loaded.tsx';
import { Page } from './page.tsx';
import { EmptyState } from './state.tsx';

type RequestedProps<Data> = Pick<LoadedProps<Data>, 'query' | 'skeleton' | 'children'> & {
  /** What the address names: "service account". */
  noun: string;
  /** Why there may be none. */
  why: string;
  /** Back to the list. */
  back: ReactNode;
};

/** The page of one thing, or what stands there while it isn't known, and when there is no such thing. */
export function Requested<Data>({ query, noun, why, back, skeleton, children }: RequestedProps<Data>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  const code = problemOf(query.error)?.code;
  return (
    <Page title={noun.charAt(0).toUpperCase() + noun.slice(1)}>
      {code === 'not_found' || code === 'input_invalid' ? (
        <EmptyState icon="search" title={`There is no such ${noun}`} action={back}>
          {why}
        </EmptyState>
      ) : (
        <Loaded query={query} failed={`This ${noun} can't be shown`} skeleton={skeleton}>
          {children}
        </Loaded>
      )}
    </Page>
  );
}
