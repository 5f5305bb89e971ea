import { useState, type ReactNode } from 'react';
import { Controller } from 'react-hook-form';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, RadioGroup } from '../../ui/choice.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { AddressesField } from './addresses-field.tsx';
import { createAppForm, createInputOf, type CreateAppForm } from './app-form.ts';
import { KINDS } from './app-words.ts';
import { ClientStep, type NewClient } from './client-step.tsx';

type CreateAppDialogProps = { open: boolean; onClose: () => void };

/** A short form for each kind of app, then what the app has to be told, in one dialog. */
export function CreateAppDialog({ open, onClose }: CreateAppDialogProps): ReactNode {
  const [made, setMade] = useState<NewClient | null>(null);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      onClosed={() => setMade(null)}
      title={made ? 'Tell your app' : 'Create an app'}
      dismissal={made ? 'held' : 'free'}
    >
      {made ? <ClientStep {...made} onLeave={onClose} /> : <CreateForm onClose={onClose} onMade={setMade} />}
    </Dialog>
  );
}

function CreateForm({ onClose, onMade }: { onClose: () => void; onMade: (made: NewClient) => void }): ReactNode {
  const cache = trpc.useUtils();
  const form = useCheckedForm(createAppForm, {
    name: '',
    kind: 'web',
    redirectUris: '',
    scopes: '',
    firstParty: false,
  });
  const [kind, redirectUris] = form.watch(['kind', 'redirectUris']);
  const send = async (values: CreateAppForm) => {
    onMade(await rpcClient.apps.create.mutate(createInputOf(values)));
    await Promise.all([cache.apps.invalidate(), cache.audit.invalidate()]);
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField
          label="Name"
          autoComplete="off"
          hint="People see it when the app asks them."
          {...field(form, 'name')}
        />
        <Controller
          control={form.control}
          name="kind"
          render={({ field: { value, onChange } }) => (
            <RadioGroup legend="Kind" options={KINDS} value={value ?? 'web'} onChange={onChange} />
          )}
        />
        {kind !== 'machine' && (
          <AddressesField
            label="Redirect addresses"
            hint="One a line, exactly as the app sends them. For example https://app.example.com/callback."
            text={redirectUris}
            {...field(form, 'redirectUris')}
          />
        )}
        <TextField
          label="Permissions"
          optional={kind !== 'machine'}
          autoComplete="off"
          hint={
            kind === 'machine'
              ? 'What it may do by itself, such as notes:read notes:write.'
              : 'What it may ask people for, such as notes:read. Name and email are always on the list.'
          }
          {...field(form, 'scopes')}
        />
        {kind !== 'machine' && (
          <Checkbox
            label="It is our own app"
            hint="People aren’t asked whether they allow it."
            {...form.register('firstParty')}
          />
        )}
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Create app
        </Button>
      </DialogActs>
    </Form>
  );
}
