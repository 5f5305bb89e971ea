import { useState, type MouseEvent, type ReactNode } from 'react';

import { Field, type TextFieldProps } from './field.tsx';

/** A press on *Show* would take the focus from the field, and the keyboard from a phone's screen. */
const keepFocus = (event: MouseEvent) => event.preventDefault();

export function PasswordField({ label, hint, error, ...input }: Omit<TextFieldProps, 'type'>): ReactNode {
  const [shown, setShown] = useState(false);
  return (
    <Field {...{ label, hint, error }}>
      {(wiring) => (
        <span className="control">
          <input
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            {...input}
            {...wiring}
            type={shown ? 'text' : 'password'}
          />
          <button
            type="button"
            className="control-inside"
            aria-pressed={shown}
            aria-label="Show password"
            onMouseDown={keepFocus}
            onClick={() => setShown(!shown)}
          >
            {shown ? 'Hide' : 'Show'}
          </button>
        </span>
      )}
    </Field>
  );
}
