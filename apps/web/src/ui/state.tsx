import type { ReactNode } from 'react';

import type { Failure } from '../words/failure.ts';
import { Button } from './button.tsx';
import { DenialNote } from './denial-note.tsx';
import { Icon, type IconName } from './icons.tsx';

type StateProps = { icon: IconName; title: string; children: ReactNode; role?: 'alert'; action?: ReactNode };

function State({ icon, title, children, role, action }: StateProps): ReactNode {
  return (
    <div className="state" role={role}>
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      {children}
      {action && <div className="row">{action}</div>}
    </div>
  );
}

/** What this is, why one would want it, one button. */
export function EmptyState({ icon, title, children, action }: Omit<StateProps, 'role'>): ReactNode {
  return (
    <State icon={icon} title={title} action={action}>
      <p>{children}</p>
    </State>
  );
}

/** What failed ("Your sessions can't be shown"), why, what to do, Retry, the request id. */
export function ErrorState({
  title,
  failure,
  onRetry,
}: {
  title: string;
  failure: Failure;
  onRetry: () => void;
}): ReactNode {
  return (
    <State icon="alert" role="alert" title={title} action={<Button onClick={onRetry}>Retry</Button>}>
      <p>
        {failure.what} {failure.next}
      </p>
      {failure.requestId && (
        <p className="small">
          Request id <code>{failure.requestId}</code>
        </p>
      )}
    </State>
  );
}

type NoAccessProps = {
  missing: readonly string[];
  /** Of the refusal, where the server was asked. */
  denialId?: string | null;
};

/** Names the permission and who can give it. */
export function NoAccess({ missing, denialId }: NoAccessProps): ReactNode {
  return (
    <State icon="lock" title="Your role doesn't open this page">
      <p>
        It needs{' '}
        {missing.map((name, place) => (
          <span key={name}>
            {place > 0 && ' and '}
            <code>{name}</code>
          </span>
        ))}
        . An admin can give you a role that has it.
      </p>
      {denialId && <DenialNote id={denialId} />}
    </State>
  );
}
