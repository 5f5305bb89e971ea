import { accountId, apiKeyId, type AccountId, type ApiKeyId } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useMay } from '../../rpc/me.tsx';
import { ComboboxField, type ComboboxOption } from '../../ui/combobox.tsx';

const OF_EACH_KIND = 10;

/** An account or a key, by its id. */
export type HolderChoice = { accountId: AccountId | undefined; apiKeyId: ApiKeyId | undefined };

type HolderFieldProps = {
  label: string;
  placeholder: string;
  value: Partial<HolderChoice>;
  /** What it is called, when the address alone chose it. */
  name: string | undefined;
  onChange: (choice: HolderChoice) => void;
};

/** One person, service account or key. Each kind is searched by the server, as far as the reader may see it. */
export function HolderField({ label, placeholder, value, name, onChange }: HolderFieldProps): ReactNode {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ComboboxOption | null>(null);
  const { options, pending } = useHolders(text);
  const id = value.accountId ?? value.apiKeyId;
  const shown = id === undefined ? null : chosen?.value === id ? chosen : { value: id, label: name ?? id };
  const choose = (option: ComboboxOption | null) => {
    setChosen(option);
    onChange({ accountId: accountId.safeParse(option?.value).data, apiKeyId: apiKeyId.safeParse(option?.value).data });
  };
  return (
    <ComboboxField
      label={label}
      placeholder={placeholder}
      options={options}
      pending={pending}
      value={shown}
      onChange={choose}
      onSearch={(next) => setText(next === shown?.label ? '' : next)}
    />
  );
}

function useHolders(text: string): { options: readonly ComboboxOption[]; pending: boolean } {
  const may = useMay();
  const input = { q: text.trim() || undefined, limit: OF_EACH_KIND };
  const people = trpc.users.list.useQuery(input, { enabled: may('users.list') });
  const services = trpc.serviceAccounts.list.useQuery(input, { enabled: may('serviceAccounts.list') });
  const keys = trpc.apiKeys.list.useQuery(input, { enabled: may('all_api_keys:read') });
  const options = [
    ...(people.data?.items ?? []).map(({ id, name, email }) => ({ value: id, label: name, sub: email })),
    ...(services.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name, sub: 'Service account' })),
    ...(keys.data?.items ?? []).map(({ id, name, ownerName }) => ({
      value: id,
      label: name,
      sub: `API key of ${ownerName}`,
    })),
  ];
  return { options, pending: people.isFetching || services.isFetching || keys.isFetching };
}
