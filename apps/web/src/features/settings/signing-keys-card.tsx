import type { SigningKey } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Badge, type BadgeTone } from '../../ui/badge.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { hourWords } from '../../words/time-words.ts';

const SIGNS: Readonly<Record<SigningKey['algorithm'], string>> = { ES256: 'access tokens', RS256: 'ID tokens' };

const STATUSES: Readonly<Record<SigningKey['status'], { label: string; tone: BadgeTone }>> = {
  next: { label: 'Next', tone: 'accent' },
  current: { label: 'Current', tone: 'good' },
  previous: { label: 'Previous', tone: 'plain' },
};

const COLUMNS: readonly Column<SigningKey>[] = [
  {
    key: 'kid',
    title: 'Key',
    kind: 'name',
    cell: ({ kid, algorithm }) => (
      <div>
        <code>{kid}</code>
        <span className="cell-sub">
          {algorithm}, {SIGNS[algorithm]}
        </span>
      </div>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    nowrap: true,
    cell: ({ status }) => <Badge tone={STATUSES[status].tone}>{STATUSES[status].label}</Badge>,
  },
  { key: 'when', title: 'When', cell: (key) => <When {...key} /> },
];

function When({ status, activeFromMs, removedFromMs }: SigningKey): ReactNode {
  if (status === 'next') {
    return (
      <>
        Signs from <ExactTime atMs={activeFromMs} />
      </>
    );
  }
  if (status === 'previous') {
    return <>Published until {removedFromMs !== null && <ExactTime atMs={removedFromMs} />}</>;
  }
  return (
    <>
      Signs since <RelativeTime atMs={activeFromMs} />
    </>
  );
}

/** What tokens are signed with, and an end for the key that signs now. */
export function SigningKeysCard(): ReactNode {
  const keys = trpc.signingKeys.list.useQuery();
  const offBecause = useOffBecause('signingKeys.rotate');
  const [asking, setAsking] = useState(false);
  return (
    <Card
      title="Signing keys"
      lead="Tokens are signed by the current keys. Every 30 days the next ones take over by themselves."
      action={
        <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
          Rotate keys
        </GuardedButton>
      }
    >
      <Loaded
        query={keys}
        failed="The signing keys can't be shown"
        skeleton={<TableSkeleton columns={COLUMNS} rows={2} lines={2} />}
      >
        {({ items }) => <Table label="Signing keys" columns={COLUMNS} rows={items} rowKey={({ kid }) => kid} />}
      </Loaded>
      <RotateDialog open={asking} onClose={() => setAsking(false)} />
    </Card>
  );
}

function RotateDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const cache = trpc.useUtils();
  const rotate = trpc.signingKeys.rotate.useMutation({
    onSuccess: async ({ activeFromMs }) => {
      onClose();
      tell(`The next key signs access tokens from ${hourWords(activeFromMs)} on.`);
      await Promise.all([cache.signingKeys.invalidate(), cache.audit.invalidate()]);
    },
  });
  return (
    <LazyConfirmDialog
      open={open}
      onClose={onClose}
      onClosed={() => rotate.reset()}
      title="Rotate the signing keys?"
      act="Rotate keys"
      tone="primary"
      pending={rotate.isPending}
      onConfirm={() => rotate.mutate()}
    >
      <p>
        The next keys take over at once, or as soon as they have been published for an hour. Tokens that were signed
        before stay good until they expire.
      </p>
      {rotate.error && <FailureAlert failure={failureOf(rotate.error)} />}
    </LazyConfirmDialog>
  );
}
