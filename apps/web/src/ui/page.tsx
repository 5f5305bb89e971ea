import { useEffect, type ReactNode } from 'react';

export type PageProps = {
  title: string;
  /** What this page is for, in a sentence. */
  lead?: ReactNode;
  /** The main act, at the end of the title's line. */
  action?: ReactNode;
  width?: 'full' | 'narrow';
  children: ReactNode;
};

export function Page({ title, lead, action, width = 'full', children }: PageProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);
  return (
    <div className="page" data-width={width}>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p>{lead}</p>}
        </div>
        {action}
      </header>
      {children}
    </div>
  );
}

export type CardProps = {
  title?: string;
  lead?: ReactNode;
  action?: ReactNode;
  foot?: ReactNode;
  children?: ReactNode;
};

export function Card({ title, lead, action, foot, children }: CardProps): ReactNode {
  return (
    <section className="card">
      <div className="card-inside">
        {title && (
          <div className="page-head">
            <div>
              <h2>{title}</h2>
              {lead && <p>{lead}</p>}
            </div>
            {action}
          </div>
        )}
        {children}
      </div>
      {foot && <div className="card-foot">{foot}</div>}
    </section>
  );
}

/** Search and filters above a list. */
export function Toolbar({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className="toolbar" role="group" aria-label={label}>
      {children}
    </div>
  );
}
