import type { Settings } from '@latchkey/schemas';
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

type Words = {
  /** What its state means. */
  hint: string;
  /** What is told when it has come to be so. */
  done: string;
};

export type SwitchCardProps = {
  title: string;
  setting: 'signUpOpen' | 'verifiedOnly' | 'describedAppsAllowed';
  label: string;
  on: Words;
  off: Words;
};

/** A setting that is on or off. */
export function SwitchCard(props: SwitchCardProps): ReactNode {
  const settings = trpc.settings.get.useQuery();
  return (
    <Card title={props.title}>
      <Loaded
        query={settings}
        failed="The settings can't be shown"
        skeleton={<SkeletonRows rows={1} label="Loading" />}
      >
        {(now) => <SettingSwitch now={now} {...props} />}
      </Loaded>
    </Card>
  );
}

function SettingSwitch({ now, setting, label, ...words }: SwitchCardProps & { now: Settings }): ReactNode {
  const cache = trpc.useUtils();
  const offBecause = useOffBecause('settings.update');
  const update = trpc.settings.update.useMutation({
    onSuccess: async (changed) => {
      cache.settings.get.setData(undefined, changed);
      tell(words[changed[setting] ? 'on' : 'off'].done);
      await Promise.all([cache.settings.invalidate(), cache.server.invalidate(), cache.audit.invalidate()]);
    },
  });
  return (
    <>
      {update.error && <FailureAlert failure={failureOf(update.error)} />}
      <Switch
        label={label}
        hint={offBecause ?? words[now[setting] ? 'on' : 'off'].hint}
        on={now[setting]}
        off={offBecause !== undefined}
        pending={update.isPending}
        onChange={(on) => update.mutate({ [setting]: on })}
      />
    </>
  );
}
