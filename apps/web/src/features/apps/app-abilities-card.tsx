import { isOpenidScope, OPENID_SCOPES, type App, type PermissionName } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { Card } from '../../ui/page.tsx';
import { useSentences } from '../roles/catalogue.ts';
import { GRANT_WORDS, isForPeople } from './app-words.ts';

/** What an app may do, and how it comes to that. */
export function AppAbilitiesCard({ app }: { app: App }): ReactNode {
  const { grants, scopes } = app;
  const permissionWords = useSentences();
  const sentenceOf = (scope: string) =>
    isOpenidScope(scope) ? OPENID_SCOPES[scope] : permissionWords(scope as PermissionName);
  return (
    <Card title="What it can do" lead={leadWords(app)}>
      <ul className="sentences">
        {scopes.map((scope) => (
          <li key={scope}>
            {sentenceOf(scope)} <code>{scope}</code>
          </li>
        ))}
      </ul>
      {scopes.length === 0 && <p>Nothing yet. Edit it to add permissions.</p>}
      <h3>How it gets its tokens</h3>
      <ul className="sentences">
        {grants.map((grant) => (
          <li key={grant}>
            {GRANT_WORDS[grant]} <code>{grant}</code>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function leadWords({ grants, firstParty }: App): string {
  if (!isForPeople(grants)) return 'By itself, without a person.';
  return firstParty
    ? 'For the people who sign in to it, as far as they may do it too. They aren’t asked, since it is our own app.'
    : 'For the people who allow it, as far as they may do it too. They are asked in these words.';
}
