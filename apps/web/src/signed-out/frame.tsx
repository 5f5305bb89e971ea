import { useEffect, type ReactNode } from 'react';

import { Brand } from '../ui/brand.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

export type FrameProps = { title: string; lead?: ReactNode; below?: ReactNode; children: ReactNode };

/** A card in the middle, with the way to the neighbouring page below it. */
export function Frame({ title, lead, below, children }: FrameProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);
  return (
    <main className="auth">
      <div className="auth-column">
        <Brand href="/" />
        <div className="auth-card">
          <div className="stack" data-gap="small">
            <h1>{title}</h1>
            {lead && <p className="soft">{lead}</p>}
          </div>
          {children}
        </div>
        <p className="auth-below">{below}</p>
      </div>
      <p className="auth-place">
        Self-hosted at <code>{location.host}</code>
      </p>
    </main>
  );
}

export function FrameSkeleton({ title }: { title: string }): ReactNode {
  return (
    <Frame title={title}>
      <SkeletonRows rows={4} label="Loading" />
    </Frame>
  );
}
