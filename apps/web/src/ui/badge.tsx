import type { ReactNode } from 'react';

export type BadgeTone = 'plain' | 'good' | 'warn' | 'danger' | 'accent';

export function Badge({
  tone = 'plain',
  dot = false,
  children,
}: {
  tone?: BadgeTone;
  dot?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <span className="badge" data-tone={tone} data-dot={dot || undefined}>
      {children}
    </span>
  );
}
