import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { failureOf } from '../../words/failure.ts';

/** The mutation that changes the account. */
export type AccountChange = {
  isPending: boolean;
  error: unknown;
  reset: () => void;
  mutate: (change: { id: string; disabled: boolean }, then: { onSuccess: () => void }) => void;
};

type AccessCardProps = {
  account: { id: string; name: string; status: string };
  noun: 'person' | 'service account';
  change: AccountChange;
  /** What disabling does: said beside the button, and once more before it is done. */
  effect: string;
  offBecause: string | undefined;
};

/** Disabling an account, and enabling it again. */
export function AccessCard({ account, noun, change, effect, offBecause }: AccessCardProps): ReactNode {
  const { id, name } = account;
  const [asking, setAsking] = useState(false);
  const disabled = account.status === 'disabled';
  const failure = change.error ? <FailureAlert failure={failureOf(change.error)} /> : null;
  const send = (to: boolean) => {
    const onSuccess = () => {
      setAsking(false);
      tell(`${name} is ${to ? 'disabled' : 'enabled'}.`);
    };
    change.mutate({ id, disabled: to }, { onSuccess });
  };
  const press = () => {
    change.reset();
    if (disabled) send(false);
    else setAsking(true);
  };
  return (
    <Card
      title={disabled ? 'Disabled' : 'Access'}
      lead={disabled ? `Enabled again, everything works as before. Ended sessions stay ended.` : effect}
      action={
        <GuardedButton offBecause={offBecause} pending={change.isPending && !asking} onClick={press}>
          {disabled ? 'Enable' : 'Disable'} {noun}
        </GuardedButton>
      }
    >
      {!asking && failure}
      <LazyConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Disable ${name}?`}
        act={`Disable ${noun}`}
        pending={change.isPending}
        onConfirm={() => send(true)}
      >
        <p>{effect}</p>
        {failure}
      </LazyConfirmDialog>
    </Card>
  );
}
