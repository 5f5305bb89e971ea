import { useEffect, useRef, useState, type ReactNode } from 'react';

import { Notice } from '../ui/notice.tsx';
import type { Failure } from '../words/failure.ts';
import { clockWords } from '../words/time-words.ts';

const SECOND_MS = 1000;

export type Wait = { untilMs: number; leftSeconds: number };

/** The wait that a `rate_limited` answer asks for, counted down to zero. Null when none was asked for. */
export function useWait(failure: Failure | null): Wait | null {
  const [wait, setWait] = useState<Wait | null>(null);
  useEffect(() => {
    if (failure?.code !== 'rate_limited') {
      setWait(null);
      return;
    }
    const untilMs = Date.now() + (failure.retryAfterSeconds ?? 60) * SECOND_MS;
    const count = () => setWait({ untilMs, leftSeconds: Math.max(0, Math.ceil((untilMs - Date.now()) / SECOND_MS)) });
    count();
    const timer = setInterval(count, SECOND_MS);
    return () => clearInterval(timer);
  }, [failure]);
  return wait;
}

const twoDigits = (count: number) => String(count).padStart(2, '0');

/** Says the time once, and counts silently. */
export function WaitNotice({ wait, hasPasskeys = false }: { wait: Wait; hasPasskeys?: boolean }): ReactNode {
  const { leftSeconds, untilMs } = wait;
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  if (leftSeconds === 0) {
    return (
      <Notice role="status">
        <p>You can try again now.</p>
      </Notice>
    );
  }
  return (
    <Notice tone="warn" role="alert" ref={notice}>
      <p>
        Too many tries. You can try again at {clockWords(untilMs)}
        {hasPasskeys && ', or use a passkey now'}.
      </p>
      <p className="countdown" aria-hidden="true">
        {Math.floor(leftSeconds / 60)}:{twoDigits(leftSeconds % 60)}
      </p>
    </Notice>
  );
}
