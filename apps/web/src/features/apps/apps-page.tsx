import type { App } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { EmptyState } from '../../ui/state.tsx';
import { Table, TableSkeleton, type Column } from '../../ui/table.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { KINDS } from './app-form.ts';
import { ClientStep, type NewClient } from './client-step.tsx';

const CreateAppDialog = lazyDialog(async () => (await import('./create-app-dialog.tsx')).CreateAppDialog);

type Asked = { act: 'rotate' | 'disable' | 'enable'; app: App };

const COLUMNS: readonly Column<App>[] = [
  {
    key: 'name',
    title: 'Name',
    kind: 'name',
    cell: ({ name, firstParty, status }) => (
      <span className="row">
        {name}
        {firstParty && <Badge tone="accent">Ours</Badge>}
        {status === 'disabled' && <Badge>Disabled</Badge>}
      </span>
    ),
  },
  { key: 'kind', title: 'Kind', cell: ({ kind }) => KINDS.find(({ value }) => value === kind)?.label },
  { key: 'id', title: 'Client id', cell: ({ id }) => <code className="mono">{id}</code> },
  {
    key: 'used',
    title: 'Last used',
    nowrap: true,
    cell: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? 'Never' : <RelativeTime atMs={lastUsedAtMs} />),
  },
];

/** OAuth 2 clients. */
export function AppsPage(): ReactNode {
  return (
    <PageWith asked="apps.list" title="Apps">
      <Apps />
    </PageWith>
  );
}

function Apps(): ReactNode {
  const [creating, setCreating] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const offBecause = useOffBecause('apps.create');
  useShortcut('c', 'Create an app', () => setCreating(true), !offBecause);
  const apps = trpc.apps.list.useInfiniteQuery({}, { getNextPageParam: (page) => page.nextCursor ?? undefined });
  const columns = offBecause ? COLUMNS : [...COLUMNS, actsColumn(setAsked)];
  const create = (
    <GuardedButton tone="primary" letter="C" offBecause={offBecause} onClick={() => setCreating(true)}>
      Create app
    </GuardedButton>
  );
  return (
    <Page
      title="Apps"
      lead="Programs that people sign in to with their account here, or that act for themselves."
      action={create}
    >
      <Loaded query={apps} failed="The apps can't be shown" skeleton={<TableSkeleton columns={columns} rows={4} />}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <NoneYet />;
          return (
            <>
              <Table label="Apps" columns={columns} rows={rows} rowKey={({ id }) => id} />
              <LoadMore noun="app" shown={rows.length} query={apps} />
            </>
          );
        }}
      </Loaded>
      <CreateAppDialog open={creating} onClose={() => setCreating(false)} />
      <AppActs asked={asked} onClose={() => setAsked(null)} />
    </Page>
  );
}

function NoneYet(): ReactNode {
  return (
    <EmptyState icon="key" title="No apps yet">
      Create one for each program that signs people in with OpenID Connect, or gets tokens for an API.
    </EmptyState>
  );
}

function actsColumn(onAsk: (asked: Asked) => void): Column<App> {
  return {
    key: 'acts',
    title: 'Actions',
    kind: 'acts',
    cell: (app) => (
      <span className="row">
        {!app.public && !app.hasKeys && app.status === 'active' && (
          <Button size="small" aria-label={`Rotate secret: ${app.name}`} onClick={() => onAsk({ act: 'rotate', app })}>
            Rotate secret
          </Button>
        )}
        <Button
          size="small"
          aria-label={`${app.status === 'active' ? 'Disable' : 'Enable'}: ${app.name}`}
          onClick={() => onAsk({ act: app.status === 'active' ? 'disable' : 'enable', app })}
        >
          {app.status === 'active' ? 'Disable' : 'Enable'}
        </Button>
      </span>
    ),
  };
}

const EFFECTS: Record<Asked['act'], { act: string; effect: string }> = {
  rotate: { act: 'Rotate secret', effect: 'You get a new secret. The old one works for 24 hours more.' },
  disable: { act: 'Disable app', effect: 'Nobody can sign in to it, and its tokens stop working here at once.' },
  enable: { act: 'Enable app', effect: 'People can sign in to it again.' },
};

function AppActs({ asked, onClose }: { asked: Asked | null; onClose: () => void }): ReactNode {
  const cache = trpc.useUtils();
  const [made, setMade] = useState<NewClient | null>(null);
  const done = async (said: string) => {
    onClose();
    tell(said);
    await cache.apps.invalidate();
  };
  const rotate = trpc.apps.rotate.useMutation({
    onSuccess: async (client) => {
      setMade(client);
      await done('Secret rotated.');
    },
  });
  const update = trpc.apps.update.useMutation({
    onSuccess: ({ app }) => done(app.status === 'active' ? 'App enabled.' : 'App disabled.'),
  });
  const failure = rotate.error ?? update.error;
  const words = EFFECTS[asked?.act ?? 'rotate'];
  const confirm = () => {
    if (!asked) return;
    if (asked.act === 'rotate') rotate.mutate({ id: asked.app.id });
    else update.mutate({ id: asked.app.id, disabled: asked.act === 'disable' });
  };
  return (
    <>
      <ConfirmDialog
        open={asked !== null}
        onClose={onClose}
        onClosed={() => {
          rotate.reset();
          update.reset();
        }}
        title={`${words.act}: ${asked?.app.name ?? ''}?`}
        act={words.act}
        tone={asked?.act === 'disable' ? 'danger' : 'primary'}
        pending={rotate.isPending || update.isPending}
        onConfirm={confirm}
      >
        <p>{words.effect}</p>
        {failure && <FailureAlert failure={failureOf(failure)} />}
      </ConfirmDialog>
      <Dialog open={made !== null} onClose={() => setMade(null)} title="Tell your app" dismissal="held">
        {made && <ClientStep {...made} onLeave={() => setMade(null)} />}
      </Dialog>
    </>
  );
}
