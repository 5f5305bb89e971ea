import { changePasswordInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { tell } from '../../ui/toast.tsx';
import { countWords } from '../../words/time-words.ts';
import { LockDownCard } from './lock-down-card.tsx';
import { ProtectionCard } from '../factors/protection-card.tsx';

function endedWords(ended: number): string {
  return ended === 0 ? 'No other session was open.' : `${countWords(ended, 'other session')} ended.`;
}

export function SecurityPage(): ReactNode {
  return (
    <Page title="Security" width="narrow">
      <ProtectionCard />
      <PasswordCard />
      <LockDownCard />
    </Page>
  );
}

function PasswordCard(): ReactNode {
  const me = useMe();
  const utils = trpc.useUtils();
  const form = useCheckedForm(changePasswordInput, { currentPassword: '', newPassword: '' });
  const change = async (values: { currentPassword: string; newPassword: string }) => {
    const { ended } = await rpcClient.me.changePassword.mutate(values);
    form.reset();
    await utils.sessions.invalidate();
    tell(`Password changed. ${endedWords(ended)}`);
  };
  return (
    <Card title="Password" lead="Changing it ends your sessions in all other browsers. You stay signed in here.">
      <Form form={form} onSend={change} className="stack" fieldOf={{ sign_in_failed: 'currentPassword' }}>
        <FormAlert form={form} />
        <input
          className="visually-hidden"
          type="text"
          autoComplete="username"
          value={me.email ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField label="Current password" autoComplete="current-password" {...field(form, 'currentPassword')} />
        <NewPasswordField label="New password" {...field(form, 'newPassword')} />
        <div className="row">
          <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
            Change password
          </Button>
        </div>
      </Form>
    </Card>
  );
}
