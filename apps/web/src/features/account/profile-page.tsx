import { updateProfileInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { useSentences } from '../roles/catalogue.ts';
import { EmailCard } from './email-card.tsx';
import { CloseCard, DataCard } from './leave-cards.tsx';

export function ProfilePage(): ReactNode {
  return (
    <Page title="Profile" width="narrow">
      <NameCard />
      <EmailCard />
      <AccessCard />
      <DataCard />
      <CloseCard />
    </Page>
  );
}

function NameCard(): ReactNode {
  const me = useMe();
  const utils = trpc.useUtils();
  const form = useCheckedForm(updateProfileInput, { name: me.name });
  const save = async (values: { name: string }) => {
    await rpcClient.me.update.mutate(values);
    await utils.me.get.invalidate();
    form.reset(values);
    tell('Name saved.');
  };
  return (
    <Card title="Your name" lead="How others see you, in the audit log too.">
      <Form form={form} onSend={save} className="stack">
        <FormAlert form={form} />
        <TextField label="Name" autoComplete="name" {...field(form, 'name')} />
        <div className="row">
          <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
            Save name
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function AccessCard(): ReactNode {
  const me = useMe();
  const sentenceOf = useSentences();
  return (
    <Card title="Your account" lead="An admin can change these.">
      <dl className="facts">
        <dt>Account id</dt>
        <dd className="mono">{me.id}</dd>
        <dt>{me.roles.length === 1 ? 'Role' : 'Roles'}</dt>
        <dd className="row">
          {me.roles.length === 0 && <span className="soft">None</span>}
          {me.roles.map((role) => (
            <Badge key={role}>{role}</Badge>
          ))}
        </dd>
        <dt>You may</dt>
        <dd>
          {me.permissions.length === 0 && <span className="soft">Only manage this account.</span>}
          <ul className="plain-list">
            {me.permissions.map((permission) => (
              <li key={permission}>
                {sentenceOf(permission)}
                <code className="cell-sub">{permission}</code>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </Card>
  );
}
