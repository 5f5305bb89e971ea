import type { ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Switch } from '../../ui/switch.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';

const CONSEQUENCE = {
  open: 'Anybody who can reach this server can make an account. It gets the role member: its own profile and API keys.',
  closed: 'New people come in by invitation alone.',
};

/** Whether strangers may make accounts. */
export function SignUpCard(): ReactNode {
  const settings = trpc.settings.get.useQuery();
  return (
    <Card title="Sign-up">
      <Loaded
        query={settings}
        failed="The settings can't be shown"
        skeleton={<SkeletonRows rows={1} label="Loading" />}
      >
        {({ signUpOpen }) => <SignUpSwitch open={signUpOpen} />}
      </Loaded>
    </Card>
  );
}

function SignUpSwitch({ open }: { open: boolean }): ReactNode {
  const cache = trpc.useUtils();
  const offBecause = useOffBecause('settings.update');
  const update = trpc.settings.update.useMutation({
    onSuccess: async (changed) => {
      const { signUpOpen } = changed;
      cache.settings.get.setData(undefined, changed);
      tell(signUpOpen ? 'Sign-up is open.' : 'Sign-up is closed.');
      await Promise.all([cache.settings.invalidate(), cache.server.invalidate(), cache.audit.invalidate()]);
    },
  });
  return (
    <>
      {update.error && <FailureAlert failure={failureOf(update.error)} />}
      <Switch
        label="Open sign-up"
        hint={offBecause ?? (open ? CONSEQUENCE.open : CONSEQUENCE.closed)}
        on={open}
        off={offBecause !== undefined}
        pending={update.isPending}
        onChange={(signUpOpen) => update.mutate({ signUpOpen })}
      />
    </>
  );
}
