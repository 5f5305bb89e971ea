import { createRoleInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';
import { Controller } from 'react-hook-form';
import type * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import { PermissionsField } from './permissions-field.tsx';

type CreateRoleProps = { onClose: () => void; onCreated: (name: string) => void };

export function CreateRoleDialog({ open, ...rest }: CreateRoleProps & { open: boolean }): ReactNode {
  return (
    <Dialog open={open} onClose={rest.onClose} title="Create a role" size="wide">
      <CreateRoleForm {...rest} />
    </Dialog>
  );
}

function CreateRoleForm({ onClose, onCreated }: CreateRoleProps): ReactNode {
  const cache = trpc.useUtils();
  const form = useCheckedForm(createRoleInput, { name: '', description: '', permissions: [] });
  const send = async (values: z.output<typeof createRoleInput>) => {
    const { name } = await rpcClient.roles.create.mutate(values);
    await Promise.all([cache.roles.invalidate(), cache.audit.invalidate()]);
    onCreated(name);
    onClose();
    tell(`Role ${name} created.`);
  };
  return (
    <Form form={form} onSend={send} fieldOf={{ name_taken: 'name' }} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField
          label="Name"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint="Small letters, digits, - and _. For example support."
          {...field(form, 'name')}
        />
        <TextField
          label="What it is for"
          autoComplete="off"
          hint="Shown wherever the role can be given."
          {...field(form, 'description')}
        />
        <Controller
          control={form.control}
          name="permissions"
          render={({ field: { value, onChange } }) => <PermissionsField value={value} onChange={onChange} />}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Create role
        </Button>
      </DialogActs>
    </Form>
  );
}
