import { Link } from '@tanstack/react-router';
import { createContext, use, type ReactNode } from 'react';

/** Whether the reader may open denials; the shell knows. */
export const MayOpenDenials = createContext(false);

/** The way to the very refusal that is being shown, for those who may look at it; for the others its id, to tell them. */
export function DenialNote({ id }: { id: string }): ReactNode {
  const mayOpen = use(MayOpenDenials);
  return (
    <p className="small">
      Denial{' '}
      {mayOpen ? (
        <Link to="/console/denials/$id" params={{ id }}>
          {id}
        </Link>
      ) : (
        <code>{id}</code>
      )}
    </p>
  );
}
