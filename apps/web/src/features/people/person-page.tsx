import type { User } from '@latchkey/schemas';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { rpcClient, trpc } from '../../rpc/client.ts';
import { useMe, useOffBecause } from '../../rpc/me.tsx';
import { Fact } from '../../ui/fact.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toast.tsx';
import { AboutCard } from '../accounts/about-card.tsx';
import { AccessCard } from '../accounts/access-card.tsx';
import { AccountActivity } from '../accounts/account-activity.tsx';
import { PersonKeys } from '../accounts/account-keys.tsx';
import { AccountLoaded } from '../accounts/account-loaded.tsx';
import { useAccountDialogs } from '../accounts/use-account-dialogs.tsx';
import { PageWith } from '../roles/with-permission.tsx';
import { useBeyondMe } from '../roles/roles.ts';
import { ClosePerson, PersonData } from './leave-cards.tsx';
import { Factors } from './person-factors.tsx';
import { LockDownPerson } from './lock-down-person.tsx';
import { PersonSessions } from './person-sessions.tsx';
import { ResetFactorsCard } from './reset-factors-card.tsx';
import { ResendInvitation } from './resend-invitation.tsx';

const route = getRouteApi('/console/people/$id');

const EFFECT =
  'Disabling signs them out everywhere at once and stops their API keys, until somebody enables them again.';

export function PersonPage(): ReactNode {
  return (
    <PageWith asked="users.get" title="Person">
      <RequestedPerson />
    </PageWith>
  );
}

function RequestedPerson(): ReactNode {
  const { id } = route.useParams();
  const person = trpc.users.get.useQuery({ id });
  return (
    <AccountLoaded query={person} noun="person" back={<Link to="/console/people">See all people</Link>}>
      {(data) => <Person key={id} person={data} />}
    </AccountLoaded>
  );
}

/** Whatever changed may show anywhere: in lists, in one's own name and roles, and in the log. */
function useRefresh(): () => Promise<void> {
  const cache = trpc.useUtils();
  return async () => {
    await Promise.all(
      [cache.users, cache.userSessions, cache.apiKeys, cache.me, cache.audit].map((each) => each.invalidate()),
    );
  };
}

function Person({ person }: { person: User }): ReactNode {
  const isMe = useMe().id === person.id;
  const beyondMe = useBeyondMe(person.roles);
  const offBecause = useOffBecause('users.update') ?? beyondMe;
  const refresh = useRefresh();
  const change = trpc.users.update.useMutation({ onSuccess: refresh });
  const update = async (what: { name: string } | { roles: string[] }, done: string) => {
    await rpcClient.users.update.mutate({ id: person.id, ...what });
    await refresh();
    tell(done);
  };
  const { show, dialogs } = useAccountDialogs(person, update);
  return (
    <Page
      title={person.name}
      lead={person.email}
      action={person.status === 'invited' && <ResendInvitation person={person} offBecause={offBecause} />}
    >
      <AboutCard
        account={person}
        offBecause={offBecause}
        onRename={() => show('name')}
        onChangeRoles={() => show('roles')}
      >
        <Fact name="Last sign-in">
          <RelativeTime atMs={person.lastSignInAtMs} />
        </Fact>
        <Fact name="Second factor">
          <Factors of={person} />
        </Fact>
      </AboutCard>
      {person.status !== 'invited' && (
        <>
          <PersonSessions person={person} offBecause={offBecause} />
          <PersonKeys person={person} />
          <ResetFactorsCard person={person} offBecause={offBecause} />
        </>
      )}
      <AccountActivity id={person.id} />
      {person.status === 'active' && (
        <LockDownPerson
          person={person}
          offBecause={offBecause ?? (isMe ? 'This is you. Do it on your Security page.' : undefined)}
          onLocked={refresh}
        />
      )}
      <AccessCard
        account={person}
        noun="person"
        change={change}
        effect={EFFECT}
        offBecause={offBecause ?? (isMe ? 'This is you. Another admin can do it.' : undefined)}
      />
      <PersonData person={person} offBecause={offBecause} />
      <ClosePerson
        person={person}
        offBecause={offBecause ?? (isMe ? 'This is you. Do it on your Profile page.' : undefined)}
        onClosed={refresh}
      />
      {dialogs}
    </Page>
  );
}
