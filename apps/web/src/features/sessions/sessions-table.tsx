import type { Session } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { userAgentWords } from '../../words/user-agent-words.ts';

function Device({ session }: { session: Session }): ReactNode {
  return (
    <span className="row" title={session.userAgent}>
      {userAgentWords(session.userAgent)}
      {session.current && <Badge tone="accent">This browser</Badge>}
    </span>
  );
}

const COLUMNS: readonly Column<Session>[] = [
  { key: 'device', title: 'Device', kind: 'name', cell: (session) => <Device session={session} /> },
  { key: 'used', title: 'Last used', nowrap: true, cell: ({ lastUsedAtMs }) => <RelativeTime atMs={lastUsedAtMs} /> },
  { key: 'address', title: 'Address', cell: ({ address }) => <span className="mono">{address || 'Unknown'}</span> },
  { key: 'began', title: 'Signed in', nowrap: true, cell: ({ createdAtMs }) => <RelativeTime atMs={createdAtMs} /> },
];

export const SESSION_COLUMNS: readonly { key: string; title: string }[] = COLUMNS;

export type SessionsTableProps = {
  label: string;
  sessions: readonly Session[];
  /** The id of the session that is being ended now. */
  endingId: string | null;
  /** Absent: the reader may not end them. */
  onEnd?: (session: Session) => void;
};

/** This browser's session first, then the latest used. */
function inOrder(sessions: readonly Session[]): Session[] {
  return sessions.toSorted(
    (one, other) => Number(other.current) - Number(one.current) || other.lastUsedAtMs - one.lastUsedAtMs,
  );
}

/** A person's sessions: one's own, or somebody else's for admins. */
export function SessionsTable({ label, sessions, endingId, onEnd }: SessionsTableProps): ReactNode {
  const end = (session: Session) => (
    <Button
      size="small"
      pending={session.id === endingId}
      aria-label={`${session.current ? 'Sign out' : 'End session'}: ${userAgentWords(session.userAgent)}`}
      onClick={() => onEnd?.(session)}
    >
      {session.current ? 'Sign out' : 'End session'}
    </Button>
  );
  const acts: Column<Session> = { key: 'acts', title: 'Actions', kind: 'acts', cell: end };
  return (
    <Table
      label={label}
      columns={onEnd ? [...COLUMNS, acts] : COLUMNS}
      rows={inOrder(sessions)}
      rowKey={({ id }) => id}
    />
  );
}
