import { confirmPasswordInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../forms/form.tsx';
import { rpcClient } from '../rpc/client.ts';
import { useMe } from '../rpc/me.tsx';
import { Button } from '../ui/button.tsx';
import { DialogActs, DialogBody } from '../ui/dialog.tsx';
import { PasswordField } from '../ui/password-field.tsx';

export function ConfirmForm({ onConfirmed, onLeave }: { onConfirmed: () => void; onLeave: () => void }): ReactNode {
  const me = useMe();
  const form = useCheckedForm(confirmPasswordInput, { password: '' });
  const send = async (values: { password: string }) => {
    await rpcClient.session.confirm.mutate(values);
    onConfirmed();
  };
  return (
    <Form form={form} onSend={send} className="dialog-form" fieldOf={{ sign_in_failed: 'password' }}>
      <DialogBody>
        <p className="soft">You signed in a while ago. Enter your password, then this goes on by itself.</p>
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
        <PasswordField label="Password" autoComplete="current-password" {...field(form, 'password')} />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Confirm
        </Button>
      </DialogActs>
    </Form>
  );
}
