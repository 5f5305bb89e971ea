import type { App } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useOffBecause } from '../../rpc/me.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Card } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { ACTS, keepsSecret } from './app-words.ts';

type SecretCardProps = { app: App; onRotate: () => void };

/** What the app proves itself by. */
export function SecretCard({ app, onRotate }: SecretCardProps): ReactNode {
  const missing = useOffBecause('apps.rotate');
  if (!keepsSecret(app)) return <Card title="Secret" lead={withoutWords(app)} />;
  const offBecause = missing ?? (app.status === 'disabled' ? 'Enable the app first.' : undefined);
  return (
    <Card
      title="Secret"
      lead="The app proves itself by it."
      action={
        <GuardedButton offBecause={offBecause} onClick={onRotate}>
          {ACTS.rotate.act}
        </GuardedButton>
      }
    >
      <dl className="facts">
        <dt>Made</dt>
        <dd>
          <RelativeTime atMs={app.secretRotatedAtMs ?? app.createdAtMs} />
        </dd>
        {app.previousSecretUntilMs !== null && (
          <>
            <dt>The one before</dt>
            <dd>
              Ends <RelativeTime atMs={app.previousSecretUntilMs} />
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}

function withoutWords(app: App): string {
  return app.hasKeys
    ? 'It has none: it proves itself by a key of its own.'
    : 'It has none: what runs on somebody’s device or in their browser can’t keep one.';
}
