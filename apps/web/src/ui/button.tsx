import type { ComponentProps, MouseEvent, ReactNode } from 'react';

type Look = {
  tone?: 'primary' | 'plain' | 'danger' | 'quiet';
  size?: 'usual' | 'small';
  wide?: boolean;
};

export type ButtonProps = ComponentProps<'button'> &
  Look & {
    /** The act is under way. The button keeps the focus and ignores presses. */
    pending?: boolean;
    /** Off, though it stays in the tab order so that the reason can be found. */
    off?: boolean;
    /** The single letter that does the same. */
    letter?: string;
  };

export function Button({
  tone = 'plain',
  size = 'usual',
  wide = false,
  pending = false,
  off = false,
  letter,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps): ReactNode {
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (pending || off) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      {...rest}
      type={type}
      className="button"
      data-tone={tone}
      data-size={size}
      data-wide={wide || undefined}
      data-pending={pending || undefined}
      aria-busy={pending || undefined}
      aria-disabled={pending || off || undefined}
      onClick={press}
    >
      {pending && <span className="spinner" aria-hidden="true" />}
      {children}
      {letter && <kbd aria-hidden="true">{letter}</kbd>}
    </button>
  );
}

export type LinkButtonProps = ComponentProps<'a'> & Look;

/** A link that looks like a button. */
export function LinkButton({
  tone = 'plain',
  size = 'usual',
  wide = false,
  children,
  ...rest
}: LinkButtonProps): ReactNode {
  return (
    <a {...rest} className="button" data-tone={tone} data-size={size} data-wide={wide || undefined}>
      {children}
    </a>
  );
}

/** A button that shows an icon alone; `label` is its name. */
export function IconButton({ label, children, ...rest }: ComponentProps<'button'> & { label: string }): ReactNode {
  return (
    <button type="button" title={label} {...rest} className="icon-button" aria-label={label}>
      {children}
    </button>
  );
}
