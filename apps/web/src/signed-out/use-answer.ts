import { TRPCClientError } from '@trpc/client';
import { useCallback, useEffect, useState } from 'react';

import { failureOf, type Failure } from '../words/failure.ts';

export type Answer<Data> = { state: 'waiting' } | { state: 'failed'; failure: Failure } | { state: 'here'; data: Data };

/** Asks once, and again on `retry`. `ask` must not change from render to render. */
export function useAnswer<Data>(ask: () => Promise<Data>): [Answer<Data>, () => void] {
  const [answer, setAnswer] = useState<Answer<Data>>({ state: 'waiting' });
  const retry = useCallback(() => {
    ask().then(
      (data) => setAnswer({ state: 'here', data }),
      (error: unknown) => {
        if (!(error instanceof TRPCClientError)) throw error;
        setAnswer({ state: 'failed', failure: failureOf(error) });
      },
    );
  }, [ask]);
  useEffect(retry, [retry]);
  return [answer, retry];
}
