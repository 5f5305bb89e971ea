import { useId, type ComponentProps, type ReactNode } from 'react';

import { FieldError } from './field.tsx';

type ChoiceProps = Omit<ComponentProps<'input'>, 'type' | 'className'> & { label: ReactNode; hint?: ReactNode };

function Choice({ kind, label, hint, ...input }: ChoiceProps & { kind: 'checkbox' | 'radio' }): ReactNode {
  const hintId = useId();
  return (
    <label className="choice" data-off={input.disabled || undefined}>
      <input {...input} type={kind} aria-describedby={hint ? hintId : undefined} />
      <span className="choice-label">{label}</span>
      {hint && (
        <span className="choice-hint" id={hintId}>
          {hint}
        </span>
      )}
    </label>
  );
}

export function Checkbox(props: ChoiceProps): ReactNode {
  return <Choice {...props} kind="checkbox" />;
}

export type RadioOption<Value extends string> = { value: Value; label: string; hint?: ReactNode; off?: boolean };

type RadioGroupProps<Value extends string> = {
  legend: string;
  options: readonly RadioOption<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  /** Pills in a row, without hints of their own, or a column. */
  layout?: 'column' | 'pills';
  /** Shown below, and read when the focus comes in. */
  hint?: ReactNode;
  error?: string | undefined;
};

export function RadioGroup<Value extends string>(props: RadioGroupProps<Value>): ReactNode {
  const id = useId();
  const { legend, options, value, onChange, layout = 'column', hint, error } = props;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const inputOf = (option: RadioOption<Value>) => ({
    name: id,
    value: option.value,
    checked: option.value === value,
    disabled: option.off ?? false,
    onChange: () => onChange(option.value),
  });
  return (
    <fieldset className="choices" aria-describedby={described || undefined}>
      <legend>{legend}</legend>
      {layout === 'pills' ? (
        <div className="choices-row">
          {options.map((option) => (
            <label className="pill" key={option.value}>
              <input type="radio" {...inputOf(option)} />
              {option.label}
            </label>
          ))}
        </div>
      ) : (
        options.map((option) => (
          <Choice key={option.value} kind="radio" label={option.label} hint={option.hint} {...inputOf(option)} />
        ))
      )}
      {hint && (
        <span className="field-hint" id={`${id}-hint`} aria-live="polite">
          {hint}
        </span>
      )}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </fieldset>
  );
}

/** Choices that belong together, such as checkboxes. */
export function ChoiceGroup({ legend, children }: { legend: string; children: ReactNode }): ReactNode {
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}
