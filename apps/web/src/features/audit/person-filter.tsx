import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useMay } from '../../rpc/me.tsx';
import { ComboboxField, type ComboboxOption } from '../../ui/combobox.tsx';

const SHOWN_AT_ONCE = 20;

type PersonFilterProps = {
  actorId: string | undefined;
  /** What the entries call them, when the address alone chose them. */
  name: string | undefined;
  onChange: (actorId: string | undefined) => void;
};

/** Whose entries: anybody's who has an account here. */
export function PersonFilter({ actorId, name, onChange }: PersonFilterProps): ReactNode {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ComboboxOption | null>(null);
  const { options, pending } = useAccounts(text);
  const value =
    actorId === undefined ? null : chosen?.value === actorId ? chosen : { value: actorId, label: name ?? actorId };
  const choose = (option: ComboboxOption | null) => {
    setChosen(option);
    onChange(option?.value);
  };
  return (
    <ComboboxField
      label="Who"
      placeholder="Anybody"
      options={options}
      pending={pending}
      value={value}
      onChange={choose}
      onSearch={(next) => setText(next === value?.label ? '' : next)}
    />
  );
}

function useAccounts(text: string): { options: readonly ComboboxOption[]; pending: boolean } {
  const may = useMay();
  const input = { q: text.trim() || undefined, limit: SHOWN_AT_ONCE };
  const people = trpc.users.list.useQuery(input, { enabled: may('users.list') });
  const services = trpc.serviceAccounts.list.useQuery(input, { enabled: may('serviceAccounts.list') });
  const options = [
    ...(people.data?.items ?? []).map(({ id, name, email }) => ({ value: id, label: name, sub: email })),
    ...(services.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name, sub: 'Service account' })),
  ];
  return { options, pending: people.isFetching || services.isFetching };
}
