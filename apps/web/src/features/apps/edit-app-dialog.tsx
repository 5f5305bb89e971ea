import type { App } from '@latchkey/schemas';
import { useMemo, type ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm, type CheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import { AddressesField } from './addresses-field.tsx';
import { editAppForm, editFieldsOf, editInputOf, type EditAppForm } from './app-form.ts';
import { isForPeople } from './app-words.ts';

type EditAppProps = { app: App; onClose: () => void };

export function EditAppDialog({ open, app, onClose }: EditAppProps & { open: boolean }): ReactNode {
  return (
    <Dialog open={open} onClose={onClose} title={`Edit ${app.name}`}>
      <EditForm app={app} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ app, onClose }: EditAppProps): ReactNode {
  const cache = trpc.useUtils();
  const schema = useMemo(() => editAppForm(app), [app]);
  const form = useCheckedForm(schema, editFieldsOf(app));
  const forPeople = isForPeople(app.grants);
  const send = async (values: EditAppForm) => {
    await rpcClient.apps.update.mutate({ id: app.id, ...editInputOf(values) });
    onClose();
    tell(`${values.name} changed.`);
    await Promise.all([cache.apps.invalidate(), cache.audit.invalidate()]);
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField label="Name" autoComplete="off" {...field(form, 'name')} />
        {forPeople && <AddressFields app={app} form={form} />}
        <TextField
          label="Permissions"
          optional={forPeople}
          autoComplete="off"
          hint={
            forPeople
              ? 'What it may ask people for, such as notes:read. Signing in needs openid; profile and email tell who they are.'
              : 'What it may do by itself, such as notes:read notes:write.'
          }
          {...field(form, 'scopes')}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Save app
        </Button>
      </DialogActs>
    </Form>
  );
}

function AddressFields({ app, form }: { app: App; form: CheckedForm<EditAppForm, EditAppForm> }): ReactNode {
  const [redirects, afterSignOut] = form.watch(['redirectUris', 'postLogoutRedirectUris']);
  return (
    <>
      <AddressesField
        label="Redirect addresses"
        optional={!app.grants.includes('authorization_code')}
        hint="One a line, exactly as the app sends them. For example https://app.example.com/callback."
        text={redirects}
        {...field(form, 'redirectUris')}
      />
      <AddressesField
        label="Addresses after sign-out"
        optional
        hint="Where it may send people once they have signed out. One a line."
        text={afterSignOut}
        {...field(form, 'postLogoutRedirectUris')}
      />
      <TextField
        label="Sign-out notices"
        optional
        type="url"
        autoComplete="off"
        spellCheck={false}
        hint="The address that Latchkey tells when somebody signs out (back-channel logout)."
        {...field(form, 'backchannelLogoutUri')}
      />
    </>
  );
}
