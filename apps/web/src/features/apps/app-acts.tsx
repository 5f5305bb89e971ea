import type { App } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { tell } from '../../ui/toast.tsx';
import { useLayer, type Layer } from '../../ui/use-layer.ts';
import { failureOf } from '../../words/failure.ts';
import { EarlierSecret } from '../api-keys/earlier-secret.tsx';
import { ACTS, type AppAct } from './app-words.ts';
import { ClientStep, type NewClient } from './client-step.tsx';

export type AppLayer = Layer<{ act: AppAct; app: App }>;

/** What can be done with an app at once, for any page that shows one. */
export function AppActs({ open, subject, close, forget }: AppLayer): ReactNode {
  const cache = trpc.useUtils();
  const made = useLayer<NewClient>();
  const done = async (said: string) => {
    close();
    tell(said);
    await Promise.all([cache.apps.invalidate(), cache.audit.invalidate()]);
  };
  const rotate = trpc.apps.rotate.useMutation({
    onSuccess: async (client) => {
      made.show(client);
      await done('Secret rotated.');
    },
  });
  const update = trpc.apps.update.useMutation({
    onSuccess: ({ app }) => done(app.status === 'active' ? 'App enabled.' : 'App disabled.'),
  });
  const failure = rotate.error ?? update.error;
  const words = ACTS[subject?.act ?? 'rotate'];
  const confirm = () => {
    if (!subject) return;
    if (subject.act === 'rotate') rotate.mutate({ id: subject.app.id });
    else update.mutate({ id: subject.app.id, disabled: subject.act === 'disable' });
  };
  return (
    <>
      <ConfirmDialog
        open={open}
        onClose={close}
        onClosed={() => {
          forget();
          rotate.reset();
          update.reset();
        }}
        title={`${words.act}: ${subject?.app.name ?? ''}?`}
        act={words.act}
        tone={subject?.act === 'disable' ? 'danger' : 'primary'}
        pending={rotate.isPending || update.isPending}
        onConfirm={confirm}
      >
        <p>{words.effect}</p>
        {subject?.act === 'rotate' && <EarlierSecret untilMs={subject.app.previousSecretUntilMs} />}
        {failure && <FailureAlert failure={failureOf(failure)} />}
      </ConfirmDialog>
      <Dialog open={made.open} onClose={made.close} onClosed={made.forget} title="Tell your app" dismissal="held">
        {made.subject && <ClientStep {...made.subject} onLeave={made.close} />}
      </Dialog>
    </>
  );
}
