import type { PermissionName, RolePreview } from '@latchkey/schemas';

import { countWords } from '../../words/time-words.ts';

const list = new Intl.ListFormat('en', { type: 'conjunction' });
const NAMED_AT_MOST = 3;

/** "3 people and 2 API keys gain users:read." and "1 person loses audit:read.", or that nobody is touched. */
export function previewWords({ gained, lost, gaining, losing, atLeast }: RolePreview): string[] {
  if (gained.length === 0 && lost.length === 0) return ['Nothing changes.'];
  const sentences = [
    sentence(gaining, atLeast, ['gains', 'gain'], gained),
    sentence(losing, atLeast, ['loses', 'lose'], lost),
  ].filter((each) => each !== null);
  return sentences.length > 0 ? sentences : ['Nobody who has this role gains or loses anything now.'];
}

type Touched = RolePreview['gaining'];

function sentence(
  { people, serviceAccounts, apiKeys }: Touched,
  atLeast: boolean,
  [one, many]: readonly [string, string],
  permissions: readonly PermissionName[],
): string | null {
  const who = [
    people > 0 && countWords(people, 'person', 'people'),
    serviceAccounts > 0 && countWords(serviceAccounts, 'service account'),
    apiKeys > 0 && countWords(apiKeys, 'API key'),
  ].filter((each) => each !== false);
  if (who.length === 0) return null;
  const verb = people + serviceAccounts + apiKeys === 1 ? one : many;
  return `${atLeast ? 'At least ' : ''}${list.format(who)} ${verb} ${namesWords(permissions)}.`;
}

/** "a:read, b:read, c:read, and 2 more". */
export function namesWords(names: readonly string[]): string {
  const more = names.length - NAMED_AT_MOST;
  return list.format([...names.slice(0, NAMED_AT_MOST), ...(more > 0 ? [`${more} more`] : [])]);
}
