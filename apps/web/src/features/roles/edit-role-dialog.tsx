import { updateRoleInput, type Role } from '@latchkey/schemas';
import type { ReactNode } from 'react';
import { Controller } from 'react-hook-form';
import type * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import { ChangePreview } from './change-preview.tsx';
import { PermissionsField } from './permissions-field.tsx';

type EditRoleProps = { role: Role; onClose: () => void };

export function EditRoleDialog({ open, role, onClose }: EditRoleProps & { open: boolean }): ReactNode {
  return (
    <Dialog open={open} onClose={onClose} title={`Edit ${role.name}`} size="wide">
      <EditRoleForm role={role} onClose={onClose} />
    </Dialog>
  );
}

function EditRoleForm({ role, onClose }: EditRoleProps): ReactNode {
  const cache = trpc.useUtils();
  const { name, description, permissions } = role;
  const form = useCheckedForm(updateRoleInput, { name, description, permissions });
  const send = async (values: z.output<typeof updateRoleInput>) => {
    await rpcClient.roles.update.mutate(values);
    onClose();
    tell(`Role ${name} changed. It counts from the next request.`);
    await Promise.all([cache.roles, cache.me, cache.audit].map((each) => each.invalidate()));
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField label="What it is for" autoComplete="off" {...field(form, 'description')} />
        <Controller
          control={form.control}
          name="permissions"
          render={({ field: { value, onChange } }) => <PermissionsField value={value ?? []} onChange={onChange} />}
        />
      </DialogBody>
      <div className="dialog-foot">
        <ChangePreview role={name} permissions={form.watch('permissions') ?? []} />
      </div>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Save role
        </Button>
      </DialogActs>
    </Form>
  );
}
