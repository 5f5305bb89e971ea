import { useEffect, useRef, type ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import type { Failure } from '../words/failure.ts';

function RequestId({ failure }: { failure: Failure }): ReactNode {
  if (failure.code !== 'internal' || !failure.requestId) return null;
  return (
    <p className="notice-id">
      Request id <code>{failure.requestId}</code>
    </p>
  );
}

/** Takes the focus, so that a screen reader says it and the next Tab leads to the first field. */
export function FormFailure({ failure }: { failure: Failure | null }): ReactNode {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure) notice.current?.focus();
  }, [failure]);
  return (
    failure && (
      <Notice tone="danger" role="alert" ref={notice}>
        <p>
          {failure.what} {failure.next}
        </p>
        <RequestId failure={failure} />
      </Notice>
    )
  );
}

/** Where the page itself can't be shown. */
export function PageFailure({ failure, onRetry }: { failure: Failure; onRetry: () => void }): ReactNode {
  return (
    <>
      <FormFailure failure={failure} />
      <Button onClick={onRetry}>Retry</Button>
    </>
  );
}
