import { Combobox as Base } from '@base-ui/react/combobox';
import { useCallback, useState, type ReactNode } from 'react';

import type { BeforeLoaded, ComboboxFieldProps, ComboboxOption } from './combobox.tsx';
import { Field } from './field.tsx';
import { Icon } from './icons.tsx';

export type OpenComboboxProps = ComboboxFieldProps & { before: BeforeLoaded };

/** The field from the moment on when somebody turns to it. */
export function OpenCombobox(props: OpenComboboxProps): ReactNode {
  const { label, hint, error, options, value, onChange, onSearch, pending = false, placeholder, before } = props;
  const [around, setAround] = useState<HTMLElement | null>(null);
  const findAround = useCallback((group: HTMLElement | null) => {
    setAround(group?.closest<HTMLElement>('[role=dialog], main') ?? null);
  }, []);
  return (
    <Field {...{ label, hint, error }}>
      {(wiring) => (
        <Base.Root
          items={options}
          value={value}
          onValueChange={onChange}
          onInputValueChange={onSearch}
          itemToStringLabel={(option) => option.label}
          isItemEqualToValue={(one, other) => one.value === other.value}
          filter={null}
          defaultOpen={before.pressed || before.typed !== ''}
          {...(before.typed && { defaultInputValue: before.typed })}
        >
          <Base.InputGroup className="control" ref={findAround}>
            <Base.Input
              {...wiring}
              aria-label={label}
              placeholder={placeholder}
              autoComplete="off"
              autoFocus={before.focused}
            />
            <Base.Clear className="control-inside" aria-label="Clear">
              <Icon name="close" size={16} />
            </Base.Clear>
            <Base.Trigger className="control-inside" aria-label="Show choices">
              <Icon name="sort" size={16} />
            </Base.Trigger>
          </Base.InputGroup>
          <Base.Portal container={around}>
            <Base.Positioner className="popup-place" positionMethod="fixed" sideOffset={4} collisionPadding={8}>
              <Base.Popup className="popup combobox-popup">
                <Base.Status className="popup-note">{pending ? 'Searching…' : null}</Base.Status>
                <Base.Empty className="popup-note">{pending ? null : 'Nobody by that name.'}</Base.Empty>
                <Base.List>
                  {(option: ComboboxOption) => (
                    <Base.Item className="popup-item" key={option.value} value={option}>
                      <div>
                        {option.label}
                        {option.sub && <span className="cell-sub">{option.sub}</span>}
                      </div>
                    </Base.Item>
                  )}
                </Base.List>
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.Root>
      )}
    </Field>
  );
}
