import type { ApiKey, ServiceAccount } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useMe, useOffBecause } from '../../rpc/me.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { TableSkeleton } from '../../ui/table.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { keyColumns, KeysTable } from '../api-keys/keys-table.tsx';
import { useKeyActs, type KeyActs } from '../api-keys/use-key-acts.tsx';
import { PartWith } from '../roles/with-permission.tsx';

type Owner = { id: string; name: string };

/** The keys that a person owns. Only they can make more: a key acts as its owner. */
export function PersonKeys({ person }: { person: Owner }): ReactNode {
  const acts = useKeyActs();
  return <KeysCard owner={person} acts={acts} lead="Programs call with them in this person's name." action={null} />;
}

/** The keys that a service account owns, and a way to make more. */
export function ServiceAccountKeys({ account }: { account: ServiceAccount }): ReactNode {
  const acts = useKeyActs();
  const noRight = useOffBecause('all_api_keys:write');
  const offBecause =
    noRight ?? (account.status === 'disabled' ? 'The account is disabled. Enable it first.' : undefined);
  useShortcut('c', 'Create API key', () => acts.create('', account), !offBecause);
  const create = (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => acts.create('', account)}>
      Create API key
    </GuardedButton>
  );
  return <KeysCard owner={account} acts={acts} lead="Its program sends one of these with each call." action={create} />;
}

type KeysCardProps = { owner: Owner; acts: KeyActs; lead: string; action: ReactNode };

function KeysCard({ owner, acts, lead, action }: KeysCardProps): ReactNode {
  const isMe = useMe().id === owner.id;
  return (
    <Card title="API keys" lead={lead} action={action}>
      <PartWith asked={isMe ? 'apiKeys.list' : 'all_api_keys:read'}>
        <Keys ownerId={owner.id} acts={acts} />
      </PartWith>
      {acts.dialogs}
    </Card>
  );
}

function Keys({ ownerId, acts }: { ownerId: string; acts: KeyActs }): ReactNode {
  const keys = trpc.apiKeys.list.useInfiniteQuery(
    { accountId: ownerId },
    { getNextPageParam: (page) => page.nextCursor ?? undefined },
  );
  const table = (rows: readonly ApiKey[]) => (
    <>
      <KeysTable label="API keys" apiKeys={rows} withOwner={false} of="console" newId={acts.newId} onAct={acts.act} />
      {keys.hasNextPage && <LoadMore noun="key" shown={rows.length} query={keys} />}
    </>
  );
  return (
    <Loaded
      query={keys}
      failed="The API keys can't be shown"
      skeleton={<TableSkeleton columns={keyColumns(false)} rows={2} lines={2} />}
    >
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        return rows.length === 0 ? <p className="soft">No keys yet.</p> : table(rows);
      }}
    </Loaded>
  );
}
