import type { Grant } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';

const COLUMNS: readonly Column<Grant>[] = [
  { key: 'app', title: 'App', kind: 'name', cell: ({ appName }) => appName },
  { key: 'may', title: 'It may', cell: ({ scopes }) => scopes.map(({ description }) => description).join(' ') },
  { key: 'used', title: 'Last used', nowrap: true, cell: ({ lastUsedAtMs }) => <RelativeTime atMs={lastUsedAtMs} /> },
  { key: 'allowed', title: 'Allowed', nowrap: true, cell: ({ createdAtMs }) => <RelativeTime atMs={createdAtMs} /> },
];

/** What a person has allowed apps, and the way to take it back. */
export function GrantsPage(): ReactNode {
  const grants = trpc.grants.list.useQuery();
  const [asked, setAsked] = useState<Grant | null>(null);
  const acts: Column<Grant> = {
    key: 'acts',
    title: 'Actions',
    kind: 'acts',
    cell: (grant) => (
      <Button size="small" aria-label={`Revoke access: ${grant.appName}`} onClick={() => setAsked(grant)}>
        Revoke access
      </Button>
    ),
  };
  const columns = [...COLUMNS, acts];
  return (
    <Page
      title="Connected apps"
      lead="Apps that may act for you, within what you allowed. Revoke any that you don't use."
    >
      <Loaded
        query={grants}
        failed="Your connected apps can't be shown"
        skeleton={<TableSkeleton columns={columns} rows={3} />}
      >
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="key" title="No connected apps">
              When you sign in to an app with this account, it is listed here with what it may do.
            </EmptyState>
          ) : (
            <Table label="Connected apps" columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
      <RevokeDialog grant={asked} onClose={() => setAsked(null)} />
    </Page>
  );
}

function RevokeDialog({ grant, onClose }: { grant: Grant | null; onClose: () => void }): ReactNode {
  const cache = trpc.useUtils();
  const revoke = trpc.grants.revoke.useMutation({
    onSuccess: async () => {
      onClose();
      tell('Access revoked.');
      await cache.grants.invalidate();
    },
  });
  return (
    <ConfirmDialog
      open={grant !== null}
      onClose={onClose}
      onClosed={revoke.reset}
      title={`Revoke ${grant?.appName ?? 'the app'}’s access?`}
      act="Revoke access"
      pending={revoke.isPending}
      onConfirm={() => grant && revoke.mutate({ id: grant.id })}
    >
      <p>Its tokens stop working at once. It can ask you again.</p>
      {revoke.error && <FailureAlert failure={failureOf(revoke.error)} />}
    </ConfirmDialog>
  );
}
