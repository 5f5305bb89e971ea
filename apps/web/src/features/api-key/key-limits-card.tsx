import type { ApiKey, Usage } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { numberWords } from '../../words/time-words.ts';
import { OVER } from '../api-keys/key-menu.tsx';
import { quotaWords, rateWords } from '../api-keys/limit-words.ts';

type KeyLimitsCardProps = { apiKey: ApiKey; offBecause: string | undefined; onChange: () => void };

export function KeyLimitsCard({ apiKey, offBecause, onChange }: KeyLimitsCardProps): ReactNode {
  const { expiresAtMs, ipAllowList, rateLimit } = apiKey;
  return (
    <Card
      title="Limits"
      lead="What binds it, whatever its owner may do."
      action={
        <GuardedButton offBecause={offBecause ?? OVER[apiKey.status]} onClick={onChange}>
          Change limits
        </GuardedButton>
      }
    >
      <dl className="facts">
        <dt>Works until</dt>
        <dd>{expiresAtMs === null ? 'Someone revokes it' : <RelativeTime atMs={expiresAtMs} />}</dd>
        <dt>Networks</dt>
        <dd>{ipAllowList.length === 0 ? 'From everywhere' : <span className="mono">{ipAllowList.join(', ')}</span>}</dd>
        <dt>Rate</dt>
        <dd>{rateLimit === null ? 'As often as it likes' : rateWords(rateLimit)}</dd>
        <dt>Quota</dt>
        <dd>{apiKey.quota === null ? 'None' : <QuotaState apiKey={apiKey} quota={apiKey.quota} />}</dd>
      </dl>
    </Card>
  );
}

function QuotaState({ apiKey, quota }: { apiKey: ApiKey; quota: NonNullable<ApiKey['quota']> }): ReactNode {
  const usage = trpc.apiKeys.usage.useQuery({ id: apiKey.id, range: '24h' });
  const state: Usage['quota'] = usage.data?.quota ?? null;
  return (
    <>
      {quotaWords(quota)}
      {state && (
        <span className="cell-sub">
          {numberWords(state.left)} left, refills <RelativeTime atMs={state.refillsAtMs} />
        </span>
      )}
    </>
  );
}
