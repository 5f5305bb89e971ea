import type { ReactNode } from 'react';

import { Button, type ButtonProps } from './button.tsx';
import { tell } from './toast.tsx';

export type GuardedButtonProps = ButtonProps & {
  /** Why it is off: "This needs users:write. An admin can give you a role that has it." Undefined: it is on. */
  offBecause: string | undefined;
};

/** A button that knows why it is off: on hover, to a screen reader, and by a press where nothing can hover. */
export function GuardedButton({ offBecause, onClick, ...button }: GuardedButtonProps): ReactNode {
  if (!offBecause) return <Button {...button} {...(onClick && { onClick })} />;
  return (
    <span className="guarded" onClickCapture={() => tell(offBecause)}>
      <Button {...button} off title={offBecause} aria-description={offBecause} />
    </span>
  );
}
