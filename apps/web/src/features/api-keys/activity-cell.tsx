import type { Activity, ApiKey } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { countWords, numberWords } from '../../words/time-words.ts';

/** As many keys as one question may be about. */
const ASKED_AT_ONCE = 100;

/** The last 30 days of all keys that are shown, by one call for each hundred. */
export function useActivities(apiKeys: readonly ApiKey[]): ReadonlyMap<string, Activity> {
  const ids = apiKeys.map(({ id }) => id);
  const parts = Array.from({ length: Math.ceil(ids.length / ASKED_AT_ONCE) }, (_, part) =>
    ids.slice(part * ASKED_AT_ONCE, (part + 1) * ASKED_AT_ONCE),
  );
  const answers = trpc.useQueries((ask) =>
    parts.map((part) => ask.apiKeys.activity({ ids: part }, { placeholderData: keepPreviousData })),
  );
  return new Map(answers.flatMap(({ data }) => data?.items ?? []).map((activity) => [activity.id, activity]));
}

export function ActivityCell({ activity }: { activity: Activity | undefined }): ReactNode {
  // Its place is kept while the figures are on the way.
  if (!activity) return <div className="sparkline" />;
  return <Sparkline values={activity.calls} marked={activity.denied} label={activityWords(activity)} />;
}

/** What the picture shows, for who doesn't see it. */
function activityWords({ calls, denied }: Activity): string {
  const [all, refused] = [sumOf(calls), sumOf(denied)];
  if (all === 0) return 'No calls in 30 days';
  return `${countWords(all, 'call')} in 30 days, ${numberWords(refused)} denied`;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
