import type { ReactNode } from 'react';

export function Skeleton({ size = 'usual' }: { size?: 'short' | 'usual' | 'long' | 'block' }): ReactNode {
  return <span className="skeleton" data-size={size} aria-hidden="true" />;
}

/** Rows of the height that the content will have, so that nothing jumps when it comes. */
export function SkeletonRows({ rows, label }: { rows: number; label: string }): ReactNode {
  return (
    <div className="stack" data-gap="small" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} size="block" />
      ))}
    </div>
  );
}
