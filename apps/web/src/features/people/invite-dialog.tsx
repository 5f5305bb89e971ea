import { createUserInput } from '@latchkey/schemas';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Controller } from 'react-hook-form';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { problemOf } from '../../words/failure.ts';
import { RolesField } from '../roles/roles-field.tsx';
import { InvitationReady, type Invitation } from './invitation-ready.tsx';

const inviteInput = z.pick(createUserInput, { email: true, roles: true });

const SENT = 'They get a link there, and choose their own password.';
const HANDED_OVER =
  'This server sends no mail yet: the link comes next, for you to hand over. They choose their own password.';

/** The general words would have the admin sign in with it. */
const TAKEN = 'Somebody here has that address already. Look for them in the list.';

type InviteProps = { onClose: () => void; onInvited: (id: string) => void };

export function InviteDialog({ open, onClose, onInvited }: InviteProps & { open: boolean }): ReactNode {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const copy = useRef<HTMLButtonElement>(null);
  // In the same moment as the form goes: a moment later the dialog itself would take the lost focus, and keep it.
  useLayoutEffect(() => {
    if (invitation) copy.current?.focus();
  }, [invitation]);
  const show = (made: Invitation) => {
    setInvitation(made);
    onInvited(made.user.id);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      onClosed={() => setInvitation(null)}
      title={invitation ? 'Invitation made' : 'Invite a person'}
    >
      {invitation ? (
        <InvitationReady invitation={invitation} onClose={onClose} copy={copy} />
      ) : (
        <InviteForm onClose={onClose} onMade={show} />
      )}
    </Dialog>
  );
}

function InviteForm({ onClose, onMade }: { onClose: () => void; onMade: (made: Invitation) => void }): ReactNode {
  const cache = trpc.useUtils();
  const form = useCheckedForm(inviteInput, { email: '', roles: ['member'] });
  const send = async (values: z.output<typeof inviteInput>) => {
    try {
      onMade(await rpcClient.users.create.mutate(values));
    } catch (error) {
      if (problemOf(error)?.code !== 'email_taken') throw error;
      form.setError('email', { message: TAKEN }, { shouldFocus: true });
      return;
    }
    await Promise.all([cache.users.invalidate(), cache.audit.invalidate()]);
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField
          label="Email"
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint={useSendsMail() ? SENT : HANDED_OVER}
          {...field(form, 'email')}
        />
        <Controller
          control={form.control}
          name="roles"
          render={({ field: roles, fieldState }) => (
            <RolesField value={roles.value ?? []} onChange={roles.onChange} error={fieldState.error?.message} />
          )}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Invite person
        </Button>
      </DialogActs>
    </Form>
  );
}
