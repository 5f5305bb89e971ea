import { lazy, Suspense, useState, type ReactNode } from 'react';

import { Field, type FieldWords } from './field.tsx';
import { Icon } from './icons.tsx';

export type ComboboxOption = { value: string; label: string; sub?: string };

export type ComboboxFieldProps = Omit<FieldWords, 'label'> & {
  /** Text alone: while the list is open, screen readers are shown nothing but the field and the list. */
  label: string;
  /** What the server answered to `search`: it searches all, not only what is shown. */
  options: readonly ComboboxOption[];
  value: ComboboxOption | null;
  onChange: (option: ComboboxOption | null) => void;
  onSearch: (text: string) => void;
  pending?: boolean;
  placeholder?: string;
};

const load = () => import('./open-combobox.tsx');
const OpenCombobox = lazy(async () => ({ default: (await load()).OpenCombobox }));

/**
 * A choice among more than a list can hold. Everything is searched by the server. The list is a seventh of a page's
 * scripts, so it is loaded when somebody turns to the field.
 */
export function ComboboxField(props: ComboboxFieldProps): ReactNode {
  const [wanted, setWanted] = useState<'no' | 'focused' | 'pressed'>('no');
  const [typed, setTyped] = useState('');
  const closed = (
    <ClosedCombobox
      {...props}
      onWanted={setWanted}
      onTyped={(text) => {
        setTyped(text);
        props.onSearch(text);
      }}
    />
  );
  if (wanted === 'no') return closed;
  return (
    <Suspense fallback={closed}>
      <OpenCombobox {...props} typed={typed} pressed={wanted === 'pressed'} />
    </Suspense>
  );
}

type ClosedComboboxProps = ComboboxFieldProps & {
  onWanted: (how: 'focused' | 'pressed') => void;
  onTyped: (text: string) => void;
};

function ClosedCombobox({ label, hint, error, value, placeholder, onWanted, onTyped }: ClosedComboboxProps): ReactNode {
  return (
    <Field {...{ label, hint, error }}>
      {(wiring) => (
        <div className="control" onPointerEnter={() => void load()} onPointerDown={() => onWanted('pressed')}>
          <input
            {...wiring}
            key={value?.value}
            role="combobox"
            aria-expanded={false}
            aria-haspopup="listbox"
            aria-label={label}
            placeholder={placeholder}
            autoComplete="off"
            defaultValue={value?.label}
            onFocus={() => onWanted('focused')}
            onInput={({ currentTarget }) => onTyped(currentTarget.value)}
          />
          <span className="control-inside" aria-hidden="true">
            <Icon name="sort" size={16} />
          </span>
        </div>
      )}
    </Field>
  );
}
