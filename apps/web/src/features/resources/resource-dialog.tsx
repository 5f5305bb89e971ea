import { audience, createResourceInput, type Resource } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import { LeavingPreview, leavingOf } from './leaving-preview.tsx';
import { PermissionRows } from './permission-rows.tsx';
import type { ResourceForm, ResourceFormState } from './resource-form.ts';

type ResourceDialogProps = {
  /** The one to change; null makes a new one. */
  resource: Resource | null;
  onClose: () => void;
  onSaved?: (saved: Resource) => void;
};

export function ResourceDialog({ open, ...rest }: ResourceDialogProps & { open: boolean }): ReactNode {
  const title = rest.resource ? `Edit ${rest.resource.name}` : 'Register a resource';
  return (
    <Dialog open={open} onClose={rest.onClose} title={title} size="wide">
      <ResourceFields {...rest} />
    </Dialog>
  );
}

const NEW = { name: '', audience: '', permissions: [{ name: '' as never, description: '' }] };

function ResourceFields({ resource, onClose, onSaved }: ResourceDialogProps): ReactNode {
  const cache = trpc.useUtils();
  const form: ResourceFormState = useCheckedForm(createResourceInput, resource ? fieldsOf(resource) : NEW);
  const leaving = leavingOf(resource, form.watch('permissions') ?? []);
  const send = async (values: ResourceForm) => {
    // What it takes from whom is on the screen, and on the button.
    const saved = resource
      ? await rpcClient.resources.update.mutate({ id: resource.id, ...values, takeFromHolders: leaving.length > 0 })
      : await rpcClient.resources.create.mutate(values);
    onSaved?.(saved);
    onClose();
    tell(resource ? `${saved.name} changed.` : `${saved.name} registered.`);
    const stale = [cache.resources, cache.permissions, cache.roles, cache.apiKeys, cache.me, cache.audit];
    await Promise.all(stale.map((each) => each.invalidate()));
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField label="Name" autoComplete="off" hint="For example Notes." {...field(form, 'name')} />
        <TextField
          label="Address"
          type="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://notes.example.com"
          {...field(form, 'audience')}
          hint={form.formState.errors.audience ? undefined : audienceWords(form.watch('audience'))}
        />
        <PermissionRows form={form} />
        {resource && leaving.length > 0 && <LeavingPreview resource={resource} leaving={leaving} />}
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone={leaving.length > 0 ? 'danger' : 'primary'} pending={form.formState.isSubmitting}>
          {actWords(resource, leaving.length)}
        </Button>
      </DialogActs>
    </Form>
  );
}

function fieldsOf({ name, audience: address, permissions }: Resource) {
  return { name, audience: address, permissions: permissions.map((each) => ({ ...each })) };
}

function actWords(resource: Resource | null, leaving: number): string {
  if (!resource) return 'Register resource';
  return leaving > 0 ? 'Save and take away' : 'Save resource';
}

/** Checked while it is typed: which tokens will be for it. */
function audienceWords(text: string): string {
  if (text === '') return 'The address that its tokens name as their audience.';
  const checked = audience.safeParse(text);
  return checked.success ? `Tokens for it say aud: ${checked.data}` : (checked.error.issues[0]?.message ?? '');
}
