import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

import { Button, type ButtonProps } from './button.tsx';

/** `children` is one element that can take the focus. */
export function Tooltip({ words, children }: { words: ReactNode; children: ReactElement }): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={300} closeOnClick={false} />
      <Base.Portal>
        <Base.Positioner className="popup-place" sideOffset={6} collisionPadding={8}>
          <Base.Popup className="tooltip">{words}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** A button that knows why it is off: `offBecause="You need users:write. An admin can give it."` */
export function GuardedButton({ offBecause, ...button }: ButtonProps & { offBecause: string | undefined }): ReactNode {
  if (!offBecause) return <Button {...button} />;
  return (
    <Tooltip words={offBecause}>
      <Button {...button} off aria-description={offBecause} />
    </Tooltip>
  );
}
