import type { ApiKey } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { useSentences } from '../roles/catalogue.ts';
import { ActivityCell, useActivities } from './activity-cell.tsx';
import { KeyMenu, type KeyAct } from './key-menu.tsx';
import { KeyStatus } from './key-status.tsx';

const SHOWN_PERMISSIONS = 2;

/** The first few by name, and all of them, with their sentences, on hover. */
function PermissionsCell({ permissions }: Pick<ApiKey, 'permissions'>): ReactNode {
  const sentenceOf = useSentences();
  const more = permissions.length - SHOWN_PERMISSIONS;
  return (
    <span className="mono" title={permissions.map((each) => `${each}: ${sentenceOf(each)}`).join('\n')}>
      {permissions.length === 0 && 'none'}
      {permissions.slice(0, SHOWN_PERMISSIONS).map((each) => (
        <span className="key-permission" key={each}>
          {each}
        </span>
      ))}
      {more > 0 && <span className="soft">and {more} more</span>}
    </span>
  );
}

function Name({ apiKey, of }: { apiKey: ApiKey; of: KeysOf }): ReactNode {
  return (
    <>
      <Link className="cell-name" to={KEY_PAGES[of]} params={{ id: apiKey.id }}>
        {apiKey.name}
      </Link>
      <span className="cell-sub mono">{apiKey.start}…</span>
    </>
  );
}

/** Whose page of the key a list leads to. */
export type KeysOf = 'console' | 'account';
const KEY_PAGES = { console: '/console/api-keys/$id', account: '/account/api-keys/$id' } as const;

const NAME: Column<ApiKey> = { key: 'name', title: 'Name', kind: 'name', cell: ({ name }) => name };
const CALLS: Column<ApiKey> = { key: 'calls', title: '30 days', nowrap: true, cell: () => null };
const OWNER: Column<ApiKey> = {
  key: 'owner',
  title: 'Owner',
  cell: ({ ownerName }) => <span className="key-owner">{ownerName}</span>,
};

/** A revoked key has ended already: when it would have expired says nothing any more. */
function Expires({ apiKey: { expiresAtMs, revokedAtMs } }: { apiKey: ApiKey }): ReactNode {
  return revokedAtMs === null ? <RelativeTime atMs={expiresAtMs} /> : <span className="soft">Revoked</span>;
}
const REST: readonly Column<ApiKey>[] = [
  { key: 'status', title: 'Status', nowrap: true, cell: (apiKey) => <KeyStatus apiKey={apiKey} /> },
  {
    key: 'permissions',
    title: 'Permissions',
    cell: ({ permissions }) => <PermissionsCell permissions={permissions} />,
  },
  CALLS,
  { key: 'used', title: 'Last used', nowrap: true, cell: ({ lastUsedAtMs }) => <RelativeTime atMs={lastUsedAtMs} /> },
  { key: 'expires', title: 'Expires', nowrap: true, cell: (apiKey) => <Expires apiKey={apiKey} /> },
];

/** Everybody's keys have an owner's column; one's own don't need it. */
export function keyColumns(withOwner: boolean): readonly Column<ApiKey>[] {
  return withOwner ? [NAME, OWNER, ...REST] : [NAME, ...REST];
}

export type KeysTableProps = {
  label: string;
  apiKeys: readonly ApiKey[];
  withOwner: boolean;
  of: KeysOf;
  /** The id of a key that was just made. */
  newId: string | null;
  onAct: (act: KeyAct, apiKey: ApiKey) => void;
};

export function KeysTable({ label, apiKeys, withOwner, of, newId, onAct }: KeysTableProps): ReactNode {
  const activities = useActivities(apiKeys);
  const cells: Record<string, Column<ApiKey>['cell']> = {
    name: (apiKey) => <Name apiKey={apiKey} of={of} />,
    calls: ({ id }) => <ActivityCell activity={activities.get(id)} />,
  };
  const columns = keyColumns(withOwner).map((column) => ({ ...column, cell: cells[column.key] ?? column.cell }));
  const menu: Column<ApiKey> = {
    key: 'acts',
    title: 'Actions',
    kind: 'acts',
    cell: (apiKey) => <KeyMenu apiKey={apiKey} onAct={(act) => onAct(act, apiKey)} />,
  };
  return <Table label={label} columns={[...columns, menu]} rows={apiKeys} rowKey={({ id }) => id} newKey={newId} />;
}
