import { returnOrigin, type Settings } from '@latchkey/schemas';
import type { ReactNode } from 'react';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { linesOf } from '../../forms/lines.ts';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { useOffBecause } from '../../rpc/me.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { tell } from '../../ui/toast.tsx';

/** One address a line; the first that can't be meant is named. */
const guardedHosts = z.object({
  origins: z.pipe(
    z.string().check(
      z.superRefine((text, issues) => {
        const [fault] = linesOf(text).flatMap((line) => faultsOf(line));
        if (fault !== undefined) issues.addIssue(fault);
      }),
    ),
    z.transform(linesOf),
  ),
});

function faultsOf(line: string): string[] {
  return (returnOrigin.safeParse(line).error?.issues ?? []).map(({ message }) => `${line}: ${message}`);
}

/** Where people come back to who signed in for a service behind a proxy. */
export function GuardedHostsCard(): ReactNode {
  const settings = trpc.settings.get.useQuery();
  return (
    <Card
      title="Services behind a proxy"
      lead="A proxy such as nginx can ask Latchkey who may in. People who sign in for that come back to these addresses and to no others."
    >
      <Loaded
        query={settings}
        failed="The settings can't be shown"
        skeleton={<SkeletonRows rows={2} label="Loading" />}
      >
        {({ forwardAuthOrigins }) => <GuardedHosts origins={forwardAuthOrigins} />}
      </Loaded>
    </Card>
  );
}

function GuardedHosts({ origins }: { origins: Settings['forwardAuthOrigins'] }): ReactNode {
  const cache = trpc.useUtils();
  const offBecause = useOffBecause('settings.update');
  const form = useCheckedForm(guardedHosts, { origins: origins.join('\n') });
  const save = async (values: { origins: string[] }) => {
    const changed = await rpcClient.settings.update.mutate({ forwardAuthOrigins: values.origins });
    cache.settings.get.setData(undefined, changed);
    form.reset({ origins: changed.forwardAuthOrigins.join('\n') });
    tell('Addresses saved.');
    await Promise.all([cache.settings.invalidate(), cache.audit.invalidate()]);
  };
  return (
    <Form form={form} onSend={save} className="stack">
      <FormAlert form={form} />
      <TextAreaField
        label="Addresses"
        hint="One a line, without a path: https://notes.example.com"
        optional
        spellCheck={false}
        {...field(form, 'origins')}
      />
      <div className="row">
        <GuardedButton type="submit" offBecause={offBecause} pending={form.formState.isSubmitting}>
          Save addresses
        </GuardedButton>
      </div>
    </Form>
  );
}
