import { ALERTS, type Alert } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf, problemOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { denialsSearch } from '../denials/denials-search.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { STATUS_WORDS, titleOf } from './alert-words.ts';

const route = getRouteApi('/console/alerts/$id');

type Evidence = Alert['evidence'][number];

const EVIDENCE: readonly Column<Evidence>[] = [
  { key: 'when', title: 'When', kind: 'name', cell: ({ atMs }) => <ExactTime atMs={atMs} /> },
  { key: 'who', title: 'Who', cell: ({ actorName }) => actorName ?? <span className="soft">A stranger</span> },
  { key: 'from', title: 'From', cell: ({ address }) => address ?? <span className="soft">Nowhere</span> },
  { key: 'entry', title: 'Entry', nowrap: true, cell: ({ entryNumber }) => `No. ${entryNumber}` },
];

export function AlertPage(): ReactNode {
  return (
    <PageWith asked="alerts.get" title="Alert">
      <RequestedAlert />
    </PageWith>
  );
}

function RequestedAlert(): ReactNode {
  const { id } = route.useParams();
  const alert = trpc.alerts.get.useQuery({ id });
  if (alert.data !== undefined) return <OneAlert key={id} alert={alert.data} />;
  const code = problemOf(alert.error)?.code;
  return (
    <Page title="Alert">
      {code === 'not_found' || code === 'input_invalid' ? (
        <EmptyState
          icon="search"
          title="There is no such alert"
          action={<Link to="/console/alerts">See all alerts</Link>}
        >
          The address may be cut short, or from another server.
        </EmptyState>
      ) : (
        <Loaded query={alert} failed="This alert can't be shown" skeleton={<SkeletonRows rows={6} label="Loading" />}>
          {() => null}
        </Loaded>
      )}
    </Page>
  );
}

function OneAlert({ alert }: { alert: Alert }): ReactNode {
  const { why, next } = ALERTS[alert.code];
  return (
    <Page title={titleOf(alert)} lead={<Subject alert={alert} />}>
      <Card title="What it means">
        <p>{why}</p>
      </Card>
      <Card title="What to do" foot={alert.status === 'open' ? <Decide alert={alert} /> : <Decided alert={alert} />}>
        <p>
          {next} {alert.code === 'denied_often' && <DenialsLink {...alert} />}
        </p>
      </Card>
      <Card title="What was seen" lead={<Seen alert={alert} />}>
        <Table
          label="What was seen"
          columns={EVIDENCE}
          rows={alert.evidence}
          rowKey={({ entryNumber }) => String(entryNumber)}
        />
      </Card>
    </Page>
  );
}

function Subject({ alert: { subject } }: { alert: Alert }): ReactNode {
  const { id, name } = subject;
  const to = subject.kind === 'account' ? '/console/people/$id' : '/console/api-keys/$id';
  if (subject.kind !== 'account' && subject.kind !== 'api_key') return name ?? id;
  return (
    <Link to={to} params={{ id }}>
      {name ?? id}
    </Link>
  );
}

/** What was refused is not in the audit log, but in a list of its own. */
function DenialsLink({ subject: { kind, id } }: Alert): ReactNode {
  const search = denialsSearch.parse({ [kind === 'api_key' ? 'apiKeyId' : 'accountId']: id });
  return (
    <Link to="/console/denials" search={search}>
      See the denials
    </Link>
  );
}

function Seen({ alert: { count, firstAtMs, evidence } }: { alert: Alert }): ReactNode {
  return (
    <>
      {countWords(count, 'time')}, first <RelativeTime atMs={firstAtMs} />.
      {count > evidence.length && ` The latest ${evidence.length} are shown.`}
    </>
  );
}

function Decide({ alert: { id } }: { alert: Alert }): ReactNode {
  const offBecause = useOffBecause('alerts.acknowledge');
  const utils = trpc.useUtils();
  const done = (words: string) => async () => {
    await Promise.all([utils.alerts.invalidate(), utils.audit.invalidate()]);
    tell(words);
  };
  const acknowledge = trpc.alerts.acknowledge.useMutation({ onSuccess: done('Alert acknowledged.') });
  const dismiss = trpc.alerts.dismiss.useMutation({ onSuccess: done('Alert dismissed.') });
  const error = acknowledge.error ?? dismiss.error;
  return (
    <div className="stack" data-gap="small">
      {error && <FailureAlert failure={failureOf(error)} />}
      <div className="row">
        <GuardedButton
          tone="primary"
          offBecause={offBecause}
          pending={acknowledge.isPending}
          onClick={() => acknowledge.mutate({ id })}
        >
          Acknowledge alert
        </GuardedButton>
        <GuardedButton offBecause={offBecause} pending={dismiss.isPending} onClick={() => dismiss.mutate({ id })}>
          Dismiss alert
        </GuardedButton>
      </div>
      <p className="soft small">Acknowledge it when somebody looks after it, dismiss it when it was nothing.</p>
    </div>
  );
}

function Decided({ alert: { status, decidedBy, decidedAtMs } }: { alert: Alert }): ReactNode {
  const { label, tone } = STATUS_WORDS[status];
  return (
    <p className="row">
      <Badge tone={tone}>{label}</Badge>
      <span>
        by {decidedBy} <RelativeTime atMs={decidedAtMs} />
      </span>
    </p>
  );
}
