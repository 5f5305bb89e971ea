import { inCatalogueOrder, type PermissionName, type ServiceAccount } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient } from '../../rpc/client.ts';
import { useHolds } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useCatalogue } from '../roles/catalogue.ts';
import { ExpiryField } from './expiry-field.tsx';
import { createInputOf, keyForm, permissionsOf, type KeyForm, type PermissionMode } from './key-form.ts';
import { LimitsField, type KeyFormState } from './limits-field.tsx';
import { OwnerField, useMayChooseOwner, useOwnerAllows, type KeyOwner } from './owner-field.tsx';
import { PermissionField } from './permission-field.tsx';
import type { NewSecret } from './secret-step.tsx';

export type CreateStepProps = {
  /** What the name's field holds at first. */
  name: string;
  /** The owner, where it is no question. */
  for?: ServiceAccount | undefined;
  onMade: (made: NewSecret) => void;
  onLeave: () => void;
};

const BLANK = {
  expiry: '90' as const,
  day: '',
  permissions: [],
  allowQuery: false,
  ipAllowList: '',
  rateLimit: '',
  windowSeconds: '60',
  quota: '',
  quotaPer: 'month' as const,
};

export function CreateStep({ name, for: account, onMade, onLeave }: CreateStepProps): ReactNode {
  const form = useCheckedForm(keyForm, { ...BLANK, name });
  const [owner, setOwner] = useState<KeyOwner>(account ? { kind: 'service', account } : { kind: 'me' });
  const [ownerError, setOwnerError] = useState<string>();
  const mayChooseOwner = useMayChooseOwner() && !account;
  const roleless = owner.kind === 'service' && owner.account?.roles.length === 0 ? owner.account : null;

  const choose = (next: KeyOwner) => {
    setOwner(next);
    setOwnerError(undefined);
  };
  const send = async (values: KeyForm) => {
    if (owner.kind === 'service' && !owner.account) {
      setOwnerError('Choose a service account.');
      return;
    }
    if (roleless) {
      setOwnerError('Give it a role first, or choose another one.');
      return;
    }
    const forAccount = owner.kind === 'service' && owner.account ? { accountId: owner.account.id } : {};
    onMade(await rpcClient.apiKeys.create.mutate({ ...createInputOf(values, Date.now()), ...forAccount }));
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField
          label="Name"
          hint="Where will it run? For example billing-worker."
          autoComplete="off"
          {...field(form, 'name')}
        />
        {mayChooseOwner && <OwnerField owner={owner} onChange={choose} error={ownerError} />}
        <ExpiryField form={form} />
        {roleless ? <NoRole account={roleless} /> : <Permissions form={form} owner={owner} />}
        <LimitsField form={form} />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Create key
        </Button>
      </DialogActs>
    </Form>
  );
}

/** A key never outgrows its owner, and this one may do nothing: there is no permission to choose. */
function NoRole({ account: { id, name } }: { account: ServiceAccount }): ReactNode {
  return (
    <Notice tone="warn">
      <p>
        {name} has no role, so that a key of its could do nothing.{' '}
        <Link to="/console/service-accounts/$id" params={{ id }}>
          Give it a role
        </Link>
      </p>
    </Notice>
  );
}

/** Nobody gives what they don't have, and a key never outgrows its owner. */
function useWhyOff(owner: KeyOwner): (permission: PermissionName) => string | undefined {
  const holds = useHolds();
  const ownerAllows = useOwnerAllows(owner);
  return (permission) => {
    if (!holds(permission)) return `You can't give this: your role has no ${permission}.`;
    return ownerAllows(permission) ? undefined : `The owner's role has no ${permission}.`;
  };
}

function Permissions({ form, owner }: { form: KeyFormState; owner: KeyOwner }): ReactNode {
  const [mode, setMode] = useState<PermissionMode>('read');
  const whyOff = useWhyOff(owner);
  const names = useCatalogue().flatMap(({ permissions }) => permissions.map((each) => each.name));
  const givable = names.filter((each) => whyOff(each) === undefined);
  const given = permissionsOf(mode, form.watch('permissions'), givable);
  const { setValue } = form;
  const chosen = given.join(' ');
  useEffect(() => {
    setValue('permissions', inCatalogueOrder(chosen.split(' ').filter(Boolean) as PermissionName[]));
  }, [chosen, setValue]);
  return (
    <PermissionField
      mode={mode}
      onMode={setMode}
      permissions={given}
      onChoose={(permissions) => setValue('permissions', permissions, { shouldValidate: form.formState.isSubmitted })}
      whyOff={whyOff}
      error={form.formState.errors.permissions?.message}
    />
  );
}
