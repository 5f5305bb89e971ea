import { useId, type ComponentProps, type ReactNode } from 'react';

import { Icon } from './icons.tsx';

type Wiring = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };

export type FieldWords = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
};

export function FieldError({ id, children }: { id?: string; children: ReactNode }): ReactNode {
  return (
    <span className="field-error" id={id}>
      <Icon name="alert" size={16} />
      {children}
    </span>
  );
}

/** A label, a hint and an error, wired to the control that `children` draws. */
export function Field({
  label,
  hint,
  error,
  optional,
  children,
}: FieldWords & { children: (wiring: Wiring) => ReactNode }): ReactNode {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {optional && <span className="field-optional"> (optional)</span>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint && (
        <span className="field-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  );
}

export type TextFieldProps = FieldWords & Omit<ComponentProps<'input'>, 'id' | 'className'>;

export function TextField({ label, hint, error, optional, ...input }: TextFieldProps): ReactNode {
  return (
    <Field {...{ label, hint, error, optional: optional ?? false }}>
      {(wiring) => <input type="text" {...input} {...wiring} className="control" />}
    </Field>
  );
}

export type TextAreaFieldProps = FieldWords & Omit<ComponentProps<'textarea'>, 'id' | 'className'>;

export function TextAreaField({ label, hint, error, optional, ...area }: TextAreaFieldProps): ReactNode {
  return (
    <Field {...{ label, hint, error, optional: optional ?? false }}>
      {(wiring) => <textarea rows={3} {...area} {...wiring} className="control" />}
    </Field>
  );
}

export type SelectFieldProps = FieldWords &
  Omit<ComponentProps<'select'>, 'id' | 'className' | 'children'> & {
    options: readonly { value: string; label: string }[];
  };

/** The browser's own list: on a phone nothing better exists. For many or searched choices take Combobox. */
export function SelectField({ label, hint, error, optional, options, ...select }: SelectFieldProps): ReactNode {
  return (
    <Field {...{ label, hint, error, optional: optional ?? false }}>
      {(wiring) => (
        <select {...select} {...wiring} className="control">
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
