import type { ReactNode } from 'react';

import { CreateStep } from './create-step.tsx';
import { LimitsDialog } from './limits-dialog.tsx';
import { MakeKeyDialog } from './make-key-dialog.tsx';
import { RenameKeyDialog } from './rename-key-dialog.tsx';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';
import { RotateStep } from './rotate-step.tsx';
import type { KeyLayer } from './use-key-acts.tsx';

export type KeyDialogsProps = { layer: KeyLayer; onMade: (id: string) => void };

/** Everything that can be done with keys. Loaded when it is first needed. */
export function KeyDialogs({ layer, onMade }: KeyDialogsProps): ReactNode {
  const { open, subject, close, forget } = layer;
  const leave = (madeId: string | null) => {
    if (madeId) onMade(madeId);
    close();
  };
  if (subject?.act === 'create') {
    return (
      <MakeKeyDialog
        open={open}
        title={subject.owner ? `Create API key for ${subject.owner.name}` : 'Create API key'}
        secretTitle="Copy your key now"
        onClose={leave}
        onClosed={forget}
      >
        {(keep) => <CreateStep name={subject.name} for={subject.owner} onMade={keep} onLeave={close} />}
      </MakeKeyDialog>
    );
  }
  if (subject?.act === 'rotate') {
    const { apiKey } = subject;
    return (
      <MakeKeyDialog
        open={open}
        title={`Rotate ${apiKey.name}`}
        secretTitle="Copy your new secret now"
        onClose={leave}
        onClosed={forget}
      >
        {(keep) => <RotateStep apiKey={apiKey} onMade={keep} onLeave={close} />}
      </MakeKeyDialog>
    );
  }
  if (subject?.act === 'limits') return <LimitsDialog {...{ open, close, forget }} apiKey={subject.apiKey} />;
  if (subject?.act === 'rename') return <RenameKeyDialog {...{ open, close, forget }} apiKey={subject.apiKey} />;
  return subject && <RevokeKeyDialog {...{ open, close, forget }} apiKey={subject.apiKey} />;
}
