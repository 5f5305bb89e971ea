import { createServiceAccountInput } from '@latchkey/schemas';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Controller } from 'react-hook-form';
import type * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import { RolesField } from '../roles/roles-field.tsx';

export function CreateServiceAccountDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  return (
    <Dialog open={open} onClose={onClose} title="Create a service account">
      <CreateForm onClose={onClose} />
    </Dialog>
  );
}

/** Leads to the new account's page, because what comes next is its first key. */
function CreateForm({ onClose }: { onClose: () => void }): ReactNode {
  const cache = trpc.useUtils();
  const navigate = useNavigate();
  const form = useCheckedForm(createServiceAccountInput, { name: '', roles: ['member'] });
  const send = async (values: z.output<typeof createServiceAccountInput>) => {
    const made = await rpcClient.serviceAccounts.create.mutate(values);
    onClose();
    tell(`${made.name} created. Its first key is the next step.`);
    await Promise.all([cache.serviceAccounts.invalidate(), cache.audit.invalidate()]);
    await navigate({ to: '/console/service-accounts/$id', params: { id: made.id } });
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField
          label="Name"
          autoComplete="off"
          hint="The program that will use it. For example billing-worker."
          {...field(form, 'name')}
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
          Create service account
        </Button>
      </DialogActs>
    </Form>
  );
}
