import { useId, type ReactNode } from 'react';

export type SwitchProps = {
  label: string;
  /** What its present state means. */
  hint: ReactNode;
  on: boolean;
  off?: boolean;
  /** The change is under way. The switch keeps the focus and ignores presses. */
  pending?: boolean;
  onChange: (on: boolean) => void;
};

/** Acts at once, unlike a checkbox of a form. */
export function Switch({ label, hint, on, off = false, pending = false, onChange }: SwitchProps): ReactNode {
  const hintId = useId();
  return (
    <label className="choice" data-off={off || undefined}>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        disabled={off}
        aria-busy={pending || undefined}
        aria-describedby={hintId}
        onChange={(event) => pending || onChange(event.target.checked)}
      />
      <span className="choice-label">{label}</span>
      <span className="choice-hint" id={hintId} aria-live="polite">
        {hint}
      </span>
    </label>
  );
}
