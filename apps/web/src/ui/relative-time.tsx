import { useEffect, useState, type ReactNode } from 'react';

import { exactWords, relativeWords } from '../words/time-words.ts';

const TICK_MS = 30_000;

/** The time now, renewed twice a minute, or as often as asked. */
function useNowMs(tickMs = TICK_MS): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  return nowMs;
}

/** "3 days ago", with the exact time on hover. `none` stands where nothing happened yet. */
export function RelativeTime({ atMs, none = 'Never' }: { atMs: number | null; none?: string }): ReactNode {
  const nowMs = useNowMs();
  if (atMs === null) return <span className="soft">{none}</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactWords(atMs)}>
      {relativeWords(atMs, nowMs)}
    </time>
  );
}

export function ExactTime({ atMs }: { atMs: number }): ReactNode {
  return <time dateTime={new Date(atMs).toISOString()}>{exactWords(atMs)}</time>;
}
