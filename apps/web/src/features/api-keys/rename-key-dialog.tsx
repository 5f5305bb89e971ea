import { createApiKeyInput, type ApiKey } from '@latchkey/schemas';
import type { ReactNode } from 'react';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';

export type KeyDialogProps = { open: boolean; close: () => void; forget: () => void; apiKey: ApiKey };

export function RenameKeyDialog({ open, close, forget, apiKey }: KeyDialogProps): ReactNode {
  return (
    <Dialog open={open} onClose={close} onClosed={forget} title="Rename key" size="small">
      <RenameForm apiKey={apiKey} onLeave={close} />
    </Dialog>
  );
}

const nameForm = z.pick(createApiKeyInput, { name: true });

function RenameForm({ apiKey, onLeave }: { apiKey: ApiKey; onLeave: () => void }): ReactNode {
  const utils = trpc.useUtils();
  const form = useCheckedForm(nameForm, { name: apiKey.name });
  const send = async ({ name }: { name: string }) => {
    await rpcClient.apiKeys.update.mutate({ id: apiKey.id, name });
    await utils.apiKeys.invalidate();
    onLeave();
    tell('Name saved.');
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField label="Name" autoComplete="off" {...field(form, 'name')} />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Save name
        </Button>
      </DialogActs>
    </Form>
  );
}
