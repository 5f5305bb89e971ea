import { Toast as Base } from '@base-ui/react/toast';
import type { ReactNode } from 'react';

import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

const manager = Base.createToastManager();

/** Says that something was done. For failures in a form use the form's own alert, which stays. */
export function tell(words: string): void {
  manager.add({ description: words, timeout: 5000 });
}

/** Says that something failed, where no form is open to say it. */
export function tellFailure(words: string): void {
  manager.add({ description: words, type: 'danger', priority: 'high', timeout: 12_000 });
}

function List(): ReactNode {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="toast">
      <Base.Description render={<div />} />
      <Base.Close
        render={
          <IconButton label="Dismiss">
            <Icon name="close" size={16} />
          </IconButton>
        }
      />
    </Base.Root>
  ));
}

export function Toasts(): ReactNode {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="toasts">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}
