import type { EndedByLockdown } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { countWords } from '../../words/time-words.ts';

/** What a lockdown has ended. */
export function EndedList({ ended: { sessions, apiKeys, apps } }: { ended: EndedByLockdown }): ReactNode {
  return (
    <ul className="sentences">
      <li>{sessions === 0 ? 'No session was open.' : `${countWords(sessions, 'session')} ended.`}</li>
      <li>
        {apiKeys.length === 0 ? 'There was no API key.' : `${countWords(apiKeys.length, 'API key')} revoked: `}
        {apiKeys.map(({ name }) => name).join(', ')}
      </li>
      {apps.length > 0 && <li>Disconnected: {apps.join(', ')}</li>}
      <li>The password works no more.</li>
    </ul>
  );
}
