import { BUILT_IN_ROLES, type BuiltInRole, type PermissionName, type ServiceAccount } from '@latchkey/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { useDeferredValue, useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useCan, useMay } from '../../rpc/me.tsx';
import { RadioGroup } from '../../ui/choice.tsx';
import { ComboboxField, type ComboboxOption } from '../../ui/combobox.tsx';

export type KeyOwner = { kind: 'me' } | { kind: 'service'; account: ServiceAccount | null };

const WHO = [
  { value: 'me', label: 'Me' },
  { value: 'service', label: 'A service account' },
] as const;

/** Who may make keys for service accounts; others see no question. */
export function useMayChooseOwner(): boolean {
  const may = useMay();
  return may('all_api_keys:write') && may('serviceAccounts.list');
}

type OwnerFieldProps = { owner: KeyOwner; onChange: (owner: KeyOwner) => void; error: string | undefined };

export function OwnerField({ owner, onChange, error }: OwnerFieldProps): ReactNode {
  return (
    <>
      <RadioGroup
        legend="Owner"
        layout="pills"
        options={WHO}
        value={owner.kind}
        onChange={(kind) => onChange(kind === 'me' ? { kind } : { kind, account: null })}
      />
      {owner.kind === 'service' && <ServiceAccountField {...{ account: owner.account, onChange, error }} />}
    </>
  );
}

function asOption({ id, name, roles }: ServiceAccount): ComboboxOption {
  return { value: id, label: name, sub: roles.join(', ') };
}

type ServiceAccountFieldProps = {
  account: ServiceAccount | null;
  onChange: (owner: KeyOwner) => void;
  error: string | undefined;
};

function ServiceAccountField({ account, onChange, error }: ServiceAccountFieldProps): ReactNode {
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim() === account?.name ? '' : text.trim());
  const found = trpc.serviceAccounts.list.useQuery({ ...(q && { q }) }, { placeholderData: keepPreviousData });
  const accounts = found.data?.items.filter(({ status }) => status === 'active') ?? [];
  return (
    <ComboboxField
      label="Service account"
      hint="The key works as long as the account is there, whoever made it."
      placeholder="Search by name"
      error={error}
      options={accounts.map(asOption)}
      value={account && asOption(account)}
      pending={found.isFetching}
      onSearch={setText}
      onChange={(option) =>
        onChange({ kind: 'service', account: accounts.find(({ id }) => id === option?.value) ?? null })
      }
    />
  );
}

const builtIn = (role: string): readonly PermissionName[] =>
  Object.hasOwn(BUILT_IN_ROLES, role) ? BUILT_IN_ROLES[role as BuiltInRole].permissions : [];

/** What the owner's roles allow. Roles that aren't built in are known to those who may see roles. */
export function useOwnerAllows(owner: KeyOwner): (permission: PermissionName) => boolean {
  const mayReadRoles = useCan('roles.list');
  const account = owner.kind === 'service' ? owner.account : null;
  const roles = trpc.roles.list.useQuery(undefined, { enabled: account !== null && mayReadRoles });
  if (!account) return () => true;
  const custom = new Map(roles.data?.items.map(({ name, permissions }) => [name, permissions]));
  const allowed = new Set<PermissionName>(account.roles.flatMap((each) => custom.get(each) ?? builtIn(each)));
  return (permission) => allowed.has(permission);
}
