import { useEffect, useRef, type ReactNode } from 'react';

import { Brand } from '../ui/brand.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

export type FrameProps = {
  title: string;
  lead?: ReactNode;
  below?: ReactNode;
  /** It takes the place of what had the focus: the title takes that over. */
  focus?: boolean;
  children: ReactNode;
};

/** A card in the middle, with the way to the neighbouring page below it. */
export function Frame({ title, lead, below, focus = false, children }: FrameProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);
  useEffect(() => {
    if (focus) heading.current?.focus();
  }, [focus]);
  return (
    <main className="auth">
      <div className="auth-column">
        <Brand href="/" />
        <div className="auth-card">
          <div className="stack" data-gap="small">
            <h1 ref={heading} tabIndex={focus ? -1 : undefined}>
              {title}
            </h1>
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
