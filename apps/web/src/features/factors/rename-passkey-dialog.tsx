import { renamePasskeyInput, type Passkey } from '@latchkey/schemas';
import type { ReactNode } from 'react';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import type { Layer } from '../../ui/use-layer.ts';

const checked = z.omit(renamePasskeyInput, { id: true });

export function RenamePasskeyDialog({ layer }: { layer: Layer<Passkey> }): ReactNode {
  return (
    <Dialog open={layer.open} onClose={layer.close} onClosed={layer.forget} title="Rename passkey" size="small">
      {layer.subject && <RenameForm passkey={layer.subject} onLeave={layer.close} />}
    </Dialog>
  );
}

function RenameForm({ passkey, onLeave }: { passkey: Passkey; onLeave: () => void }): ReactNode {
  const utils = trpc.useUtils();
  const form = useCheckedForm(checked, { name: passkey.name });
  const rename = async ({ name }: { name: string }) => {
    await rpcClient.passkeys.rename.mutate({ id: passkey.id, name });
    await utils.factors.invalidate();
    tell('Passkey renamed.');
    onLeave();
  };
  return (
    <Form form={form} onSend={rename} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField label="Name" {...field(form, 'name')} />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Rename passkey
        </Button>
      </DialogActs>
    </Form>
  );
}
