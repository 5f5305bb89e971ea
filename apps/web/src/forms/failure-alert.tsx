import { useEffect, useRef, type ReactNode } from 'react';

import { DenialNote } from '../ui/denial-note.tsx';
import { Notice } from '../ui/notice.tsx';
import type { Failure } from '../words/failure.ts';

function FailureWords({ failure }: { failure: Failure }): ReactNode {
  return (
    <>
      <p>
        {failure.what} {failure.next}
      </p>
      {failure.issues.map(({ path, message }) => (
        <p key={path}>
          {path}: {message}
        </p>
      ))}
      {failure.denialId && <DenialNote id={failure.denialId} />}
      {failure.requestId && failure.code === 'internal' && (
        <p className="notice-id">
          Request id <code>{failure.requestId}</code>
        </p>
      )}
    </>
  );
}

/** Takes the focus when it appears. While the next try is under way it is gone, so it takes it again when that fails. */
export function FailureAlert({ failure }: { failure: Failure }): ReactNode {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <Notice tone="danger" role="alert" ref={notice}>
      <FailureWords failure={failure} />
    </Notice>
  );
}
