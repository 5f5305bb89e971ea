import type { ApiKey, DescribedPermission, Suggestion } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { useCatalogue } from '../roles/catalogue.ts';
import { permissionGroups } from '../roles/permission-groups.ts';

type AbilitiesCardProps = { apiKey: ApiKey; offBecause: string | undefined };

/** What the key may do, in sentences, and which of it nobody seems to need. */
export function AbilitiesCard({ apiKey, offBecause }: AbilitiesCardProps): ReactNode {
  const { permissions } = apiKey;
  const suggestion = trpc.apiKeys.suggestion.useQuery({ id: apiKey.id }).data;
  const unused = suggestion?.unused.length ?? 0;
  const span = suggestion && suggestion.sinceMs > apiKey.createdAtMs ? ' in 30 days' : '';
  const groups = permissionGroups(useCatalogue(), ({ name }) => permissions.includes(name));
  return (
    <Card title="What it can do" lead="As far as its owner's role allows it too.">
      {permissions.length === 0 && <p>Nothing but say whose it is.</p>}
      <div className="abilities">
        {groups.map(({ title, permissions: ofGroup }) => (
          <section key={ofGroup[0]?.name}>
            <h3>{title}</h3>
            <ul className="plain-list" role="list">
              {ofGroup.map((permission) => (
                <Ability key={permission.name} permission={permission} suggestion={suggestion} span={span} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {suggestion && unused > 0 && suggestion.calls > 0 && apiKey.status === 'active' && (
        <Tighten apiKey={apiKey} suggestion={suggestion} offBecause={offBecause} />
      )}
    </Card>
  );
}

type AbilityProps = { permission: DescribedPermission; suggestion: Suggestion | undefined; span: string };

function Ability({ permission: { name, description }, suggestion, span }: AbilityProps): ReactNode {
  const use = suggestion?.permissions.find((each) => each.permission === name);
  return (
    <li>
      {description}
      <span className="cell-sub">
        <span className="mono">{name}</span>
        {use && ` · ${use.calls === 0 ? 'not used' : countWords(use.calls, 'call')}${span}`}
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
          {sinceMs > apiKey.createdAtMs ? 'in the last 30 days' : 'since it was made'}:{' '}
          <span className="mono">{unused.join(', ')}</span>.
        </p>
        <p>
          Without {unused.length === 1 ? 'it' : 'them'}, none of its {countWords(calls, 'call')} since then would have
          been denied.
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
