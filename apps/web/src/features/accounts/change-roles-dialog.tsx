import { createServiceAccountInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';
import { Controller } from 'react-hook-form';
import * as z from 'zod/mini';

import { Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { RolesField } from '../roles/roles-field.tsx';

const rolesInput = z.pick(createServiceAccountInput, { roles: true });

type DialogState = { open: boolean; onClosed: () => void };
type ChangeRolesProps = {
  account: { name: string; roles: readonly string[] };
  onSend: (roles: string[]) => Promise<void>;
  onClose: () => void;
};

export function ChangeRolesDialog({ open, onClosed, ...rest }: ChangeRolesProps & DialogState): ReactNode {
  return (
    <Dialog open={open} onClose={rest.onClose} onClosed={onClosed} title={`Change roles of ${rest.account.name}`}>
      <ChangeRolesForm {...rest} />
    </Dialog>
  );
}

function ChangeRolesForm({ account, onSend, onClose }: ChangeRolesProps): ReactNode {
  const form = useCheckedForm(rolesInput, { roles: [...account.roles] });
  const send = async (values: { roles: string[] }) => {
    await onSend(values.roles);
    onClose();
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <Controller
          control={form.control}
          name="roles"
          render={({ field, fieldState }) => (
            <RolesField value={field.value ?? []} onChange={field.onChange} error={fieldState.error?.message} />
          )}
        />
        <p className="soft small">The change counts from the next request. API keys lose what the roles lose.</p>
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Change roles
        </Button>
      </DialogActs>
    </Form>
  );
}
