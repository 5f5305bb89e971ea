import { Dialog } from '@base-ui/react/dialog';
import { useState, type ReactNode } from 'react';

import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';

/** The navigation of small screens. `children` gets what closes it. */
export function Drawer({ children }: { children: (close: () => void) => ReactNode }): ReactNode {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        render={
          <IconButton label="Open the menu">
            <Icon name="menu" size={24} />
          </IconButton>
        }
      />
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="drawer" aria-label="Menu">
          <div className="drawer-head">
            <Dialog.Close
              render={
                <IconButton label="Close the menu">
                  <Icon name="close" size={24} />
                </IconButton>
              }
            />
          </div>
          {children(close)}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
