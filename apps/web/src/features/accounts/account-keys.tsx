import type { ServiceAccount } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useMay, useMe, useOffBecause } from '../../rpc/me.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { TableSkeleton } from '../../ui/table.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { NO_FILTERS } from '../api-keys/keys-search.ts';
import { keyColumns, KeysTable } from '../api-keys/keys-table.tsx';
import { useKeyActs, type KeyActs } from '../api-keys/use-key-acts.tsx';
import { PartWith } from '../roles/with-permission.tsx';

/** What else the page can do about the account has to stay in reach. */
const SHOWN = 8;

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
  const offBecause = noRight ?? lacksForKeys(account);
  useShortcut('c', 'Create API key', () => acts.create('', account), !offBecause);
  const create = (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => acts.create('', account)}>
      Create API key
    </GuardedButton>
  );
  return <KeysCard owner={account} acts={acts} lead="Its program sends one of these with each call." action={create} />;
}

function lacksForKeys({ status, roles }: ServiceAccount): string | undefined {
  if (status === 'disabled') return 'The account is disabled. Enable it first.';
  return roles.length === 0
    ? 'It has no role, so that a key of its could do nothing. Change its roles first.'
    : undefined;
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
  const keys = trpc.apiKeys.list.useQuery({ accountId: ownerId, limit: SHOWN });
  return (
    <Loaded
      query={keys}
      failed="The API keys can't be shown"
      skeleton={<TableSkeleton columns={keyColumns(false)} rows={2} lines={2} />}
    >
      {({ items, nextCursor }) =>
        items.length === 0 ? (
          <p className="soft">No keys yet.</p>
        ) : (
          <>
            <KeysTable
              label="API keys"
              apiKeys={items}
              withOwner={false}
              of="console"
              newId={acts.newId}
              onAct={acts.act}
            />
            {nextCursor !== null && <AllKeysLink ownerId={ownerId} />}
          </>
        )
      }
    </Loaded>
  );
}

function AllKeysLink({ ownerId }: { ownerId: string }): ReactNode {
  const seesAll = useMay()('all_api_keys:read');
  return (
    <p className="small">
      The newest {SHOWN} are shown.{' '}
      {seesAll ? (
        <Link to="/console/api-keys" search={{ ...NO_FILTERS, accountId: ownerId }}>
          See all keys of this account
        </Link>
      ) : (
        <Link to="/account/api-keys">See all your keys</Link>
      )}
    </p>
  );
}
