import { closeAccountInput } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

export type CloseDialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Whose account it is: what has to be typed. */
  email: string;
  /** "your", "their". */
  whose: 'your' | 'their';
  /** Throws what the server answers. */
  closeAccount: (email: string) => Promise<void>;
};

/** It can't be undone, so it takes more than one press: the address is typed. */
export function CloseDialog(props: CloseDialogProps): ReactNode {
  const [isDone, setDone] = useState(false);
  const { open, onClose, title, email, whose } = props;
  if (isDone && whose === 'your') return <Closed email={email} />;
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <CloseForm {...props} onDone={() => setDone(true)} />
    </Dialog>
  );
}

function CloseForm({ onClose, email, whose, closeAccount, onDone }: CloseDialogProps & { onDone: () => void }) {
  const form = useCheckedForm(closeAccountInput, { email: '' });
  const send = async (typed: { email: string }) => {
    await closeAccount(typed.email);
    onDone();
  };
  const who = whose === 'your' ? 'you' : 'they';
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <p>This can’t be undone.</p>
        <ul className="sentences">
          <li>Every session ends, every API key is revoked, and connected apps are disconnected.</li>
          <li>
            The name, the email address, the password, passkeys, {whose} browsers and where {who} used API keys from are
            removed.
          </li>
          <li>
            What {who} did stays in the audit log, under the account’s id: without name, email or network address.
            Entries that this server made before it could take names out keep them.
          </li>
          <li>Apps, roles, service accounts and their keys stay.</li>
        </ul>
        <TextField
          label={`Type ${email} to confirm`}
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...field(form, 'email')}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="danger" pending={form.formState.isSubmitting}>
          Close account
        </Button>
      </DialogActs>
    </Form>
  );
}

/** Nothing else of the page works any more. */
function Closed({ email }: { email: string }): ReactNode {
  return (
    <Dialog open onClose={() => undefined} dismissal="held" title="Your account is closed">
      <DialogBody>
        <p>{useSendsMail() && `We told ${email} by mail.`} You are free to have a new account with this address.</p>
      </DialogBody>
      <DialogActs>
        <LinkButton href="/sign-in" tone="primary">
          Go to sign in
        </LinkButton>
      </DialogActs>
    </Dialog>
  );
}
