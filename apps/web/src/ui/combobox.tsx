import { useRef, type ReactNode } from 'react';

import { Field, type FieldWords } from './field.tsx';
import { Icon } from './icons.tsx';
import { useOnDemand } from './use-on-demand.ts';

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

/** What had been done at the field when its list was there. */
export type BeforeLoaded = { typed: string; pressed: boolean; focused: boolean };

const load = () => import('./open-combobox.tsx');

/**
 * A choice among more than a list can hold. Everything is searched by the server. The list is a seventh of a page's
 * scripts, so it is loaded when somebody turns to the field.
 */
export function ComboboxField(props: ComboboxFieldProps): ReactNode {
  const [part, want] = useOnDemand(load);
  const before = useRef<BeforeLoaded>({ typed: '', pressed: false, focused: false });
  if (part) return <part.OpenCombobox {...props} before={before.current} />;
  return (
    <ClosedCombobox
      {...props}
      onFocus={() => {
        before.current.focused = true;
        want();
      }}
      onBlur={() => (before.current.focused = false)}
      onPressed={() => (before.current.pressed = true)}
      onTyped={(text) => {
        before.current.typed = text;
        props.onSearch(text);
      }}
    />
  );
}

type ClosedComboboxProps = ComboboxFieldProps & {
  onFocus: () => void;
  onBlur: () => void;
  onPressed: () => void;
  onTyped: (text: string) => void;
};

function ClosedCombobox(props: ClosedComboboxProps): ReactNode {
  const { label, hint, error, value, placeholder, onFocus, onBlur, onPressed, onTyped } = props;
  return (
    <Field {...{ label, hint, error }}>
      {(wiring) => (
        <div className="control" onPointerEnter={() => void load()} onPointerDown={onPressed}>
          <input
            {...wiring}
            key={value?.label}
            role="combobox"
            aria-expanded={false}
            aria-haspopup="listbox"
            aria-label={label}
            placeholder={placeholder}
            autoComplete="off"
            defaultValue={value?.label}
            onFocus={onFocus}
            onBlur={onBlur}
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
