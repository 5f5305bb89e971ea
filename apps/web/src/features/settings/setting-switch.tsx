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

export type SettingSwitchProps = {
  name: 'signUpOpen' | 'describedAppsAllowed';
  title: string;
  label: string;
  /** What it means now, and what is said once it was changed. */
  words: Record<'on' | 'off', { consequence: string; told: string }>;
};

/** A setting that is on or off. */
export function SettingSwitchCard(props: SettingSwitchProps): ReactNode {
  const settings = trpc.settings.get.useQuery();
  return (
    <Card title={props.title}>
      <Loaded
        query={settings}
        failed="The settings can't be shown"
        skeleton={<SkeletonRows rows={1} label="Loading" />}
      >
        {({ [props.name]: on }) => <SettingSwitch {...props} on={on} />}
      </Loaded>
    </Card>
  );
}

function SettingSwitch({ name, label, words, on }: SettingSwitchProps & { on: boolean }): ReactNode {
  const cache = trpc.useUtils();
  const offBecause = useOffBecause('settings.update');
  const update = trpc.settings.update.useMutation({
    onSuccess: async (changed) => {
      cache.settings.get.setData(undefined, changed);
      tell(words[changed[name] ? 'on' : 'off'].told);
      await Promise.all([cache.settings.invalidate(), cache.server.invalidate(), cache.audit.invalidate()]);
    },
  });
  return (
    <>
      {update.error && <FailureAlert failure={failureOf(update.error)} />}
      <Switch
        label={label}
        hint={offBecause ?? words[on ? 'on' : 'off'].consequence}
        on={on}
        off={offBecause !== undefined}
        pending={update.isPending}
        onChange={(wanted) => update.mutate({ [name]: wanted })}
      />
    </>
  );
}
