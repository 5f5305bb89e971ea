import { updateProfileInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

type DialogState = { open: boolean; onClosed: () => void };
type RenameProps = { name: string; onSend: (name: string) => Promise<void>; onClose: () => void };

export function RenameDialog({ open, onClosed, ...rest }: RenameProps & DialogState): ReactNode {
  return (
    <Dialog open={open} onClose={rest.onClose} onClosed={onClosed} title="Change the name" size="small">
      <RenameForm {...rest} />
    </Dialog>
  );
}

function RenameForm({ name, onSend, onClose }: RenameProps): ReactNode {
  const form = useCheckedForm(updateProfileInput, { name });
  const send = async (values: { name: string }) => {
    await onSend(values.name);
    onClose();
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField label="Name" autoComplete="off" {...field(form, 'name')} />
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Change name
        </Button>
      </DialogActs>
    </Form>
  );
}
