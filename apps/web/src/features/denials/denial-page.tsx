import type { KeptDenial } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Fact } from '../../ui/fact.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';
import { EmptyState } from '../../ui/state.tsx';
import { problemOf } from '../../words/failure.ts';
import { PageWith } from '../roles/with-permission.tsx';
import { credentialWords, enoughWords, missingWords, titleOf } from './denial-words.ts';
import { ALL_DENIALS } from './denials-search.ts';

const route = getRouteApi('/console/denials/$id');

const KIND_WORDS = { person: 'Person', service: 'Service account', app: 'App' };

/** One refused call: what it lacked, and who made it. */
export function DenialPage(): ReactNode {
  const { id } = route.useParams();
  return (
    <PageWith asked="denials.get" title="Denial">
      <Page title="Denial" lead={<Link to="/console/denials">See all denials</Link>}>
        <RequestedDenial id={id} />
      </Page>
    </PageWith>
  );
}

function RequestedDenial({ id }: { id: string }): ReactNode {
  const denial = trpc.denials.get.useQuery({ id });
  const code = problemOf(denial.error)?.code;
  if (code === 'not_found' || code === 'input_invalid') {
    return (
      <EmptyState icon="search" title="There is no such denial">
        Only the newest are kept, and of many at once only some. The address may also be cut short.
      </EmptyState>
    );
  }
  return (
    <Loaded query={denial} failed="The denial can't be shown">
      {(found) => (
        <>
          <What denial={found} />
          <Who denial={found} />
        </>
      )}
    </Loaded>
  );
}

function What({ denial }: { denial: KeptDenial }): ReactNode {
  const { procedure, missing, wouldBeEnough, id } = denial;
  return (
    <Card title={titleOf(denial)}>
      <dl className="facts">
        <Fact name="Call">
          <Link to="/console/access/$procedure" params={{ procedure }} className="mono">
            {procedure}
          </Link>
        </Fact>
        <Fact name="Missing">{missing.map(missingWords).join(', ')}</Fact>
        <Fact name="Any one would do">
          {wouldBeEnough.length === 0 ? (
            <span className="soft">Nothing built in. A role of your own can have it.</span>
          ) : (
            <ul role="list">
              {wouldBeEnough.map((each) => (
                <li key={each}>{enoughWords(each)}</li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name="Id">
          <code>{id}</code>
        </Fact>
      </dl>
    </Card>
  );
}

function Who({ denial }: { denial: KeptDenial }): ReactNode {
  const { account, apiKeyId, credential, address, userAgent, requestId, atMs } = denial;
  return (
    <Card title="Who called" foot={<Further denial={denial} />}>
      <dl className="facts">
        <Fact name={KIND_WORDS[account.kind]}>
          <AccountLink account={account} />
        </Fact>
        <Fact name="Credential">
          {credentialWords(denial)} <code>{apiKeyId ?? credential.id}</code>
        </Fact>
        <Fact name="When">
          <ExactTime atMs={atMs} />
        </Fact>
        <Fact name="Address">{address ? <code>{address}</code> : <span className="soft">None</span>}</Fact>
        <Fact name="Program">{userAgent || <span className="soft">It didn't say</span>}</Fact>
        <Fact name="Request id">{requestId ? <code>{requestId}</code> : <span className="soft">None</span>}</Fact>
      </dl>
    </Card>
  );
}

function AccountLink({ account: { kind, id, name } }: Pick<KeptDenial, 'account'>): ReactNode {
  if (kind === 'app') return name;
  return kind === 'person' ? (
    <Link to="/console/people/$id" params={{ id }}>
      {name}
    </Link>
  ) : (
    <Link to="/console/service-accounts/$id" params={{ id }}>
      {name}
    </Link>
  );
}

function Further({ denial: { account, apiKeyId } }: { denial: KeptDenial }): ReactNode {
  const holder =
    apiKeyId === null ? { accountId: account.id, apiKeyId: undefined } : { accountId: undefined, apiKeyId };
  return (
    <div className="row">
      <Link to="/console/access" search={{ q: undefined, ...holder }}>
        What it can call
      </Link>
      <Link to="/console/denials" search={{ ...ALL_DENIALS, ...holder }}>
        What else it was refused
      </Link>
    </div>
  );
}
