import { PERMISSIONS, type ApiKey, type Permission, type Suggestion } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { permissionGroups } from '../api-keys/key-form.ts';

type AbilitiesCardProps = { apiKey: ApiKey; offBecause: string | undefined };

/** What the key may do, in sentences, and which of it nobody seems to need. */
export function AbilitiesCard({ apiKey, offBecause }: AbilitiesCardProps): ReactNode {
  const { permissions } = apiKey;
  const suggestion = trpc.apiKeys.suggestion.useQuery({ id: apiKey.id }).data;
  const unused = suggestion?.unused.length ?? 0;
  return (
    <Card title="What it can do" lead="As far as its owner's role allows it too.">
      {permissions.length === 0 && <p>Nothing but say whose it is.</p>}
      <div className="abilities">
        {permissionGroups((each) => permissions.includes(each)).map(({ resource, permissions: ofResource }) => (
          <section key={resource}>
            <h3>{resource}</h3>
            <ul className="plain-list" role="list">
              {ofResource.map((permission) => (
                <Ability key={permission} permission={permission} suggestion={suggestion} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {suggestion && unused > 0 && apiKey.status === 'active' && (
        <Tighten apiKey={apiKey} suggestion={suggestion} offBecause={offBecause} />
      )}
    </Card>
  );
}

function Ability({
  permission,
  suggestion,
}: {
  permission: Permission;
  suggestion: Suggestion | undefined;
}): ReactNode {
  const use = suggestion?.permissions.find((each) => each.permission === permission);
  return (
    <li>
      {PERMISSIONS[permission]}
      <span className="cell-sub">
        <span className="mono">{permission}</span>
        {use && ` · ${use.calls === 0 ? 'not used in 30 days' : `${countWords(use.calls, 'call')} in 30 days`}`}
      </span>
    </li>
  );
}

type TightenProps = AbilitiesCardProps & { suggestion: Suggestion };

/** Least privilege in one press. It can be given back, so nobody is asked twice. */
function Tighten({ apiKey, suggestion, offBecause }: TightenProps): ReactNode {
  const { unused, calls, sinceMs } = suggestion;
  const utils = trpc.useUtils();
  const words = countWords(unused.length, 'permission');
  const update = trpc.apiKeys.update.useMutation({
    onSuccess: async () => {
      await utils.apiKeys.invalidate();
      tell(`Took ${words} away.`);
    },
  });
  const kept = apiKey.permissions.filter((each) => !unused.includes(each));
  return (
    <Notice>
      <div className="stack" data-gap="small">
        <p>
          <strong>
            It didn’t use {unused.length} of its {countWords(apiKey.permissions.length, 'permission')}
          </strong>{' '}
          in the last 30 days: <span className="mono">{unused.join(', ')}</span>.
        </p>
        <p>
          Without {unused.length === 1 ? 'it' : 'them'}, none of its {countWords(calls, 'call')} since{' '}
          <RelativeTime atMs={sinceMs} /> would have been denied.
        </p>
        {update.error && <FailureAlert failure={failureOf(update.error)} />}
        <div>
          <GuardedButton
            size="small"
            offBecause={offBecause}
            pending={update.isPending}
            onClick={() => update.mutate({ id: apiKey.id, permissions: kept })}
          >
            Take {words} away
          </GuardedButton>
        </div>
      </div>
    </Notice>
  );
}
