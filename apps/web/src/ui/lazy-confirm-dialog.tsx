import { lazy, Suspense, useState, type ReactNode } from 'react';

import type { ConfirmDialogProps } from './confirm-dialog.tsx';

const ConfirmDialog = lazy(async () => ({ default: (await import('./confirm-dialog.tsx')).ConfirmDialog }));

/** The same, loaded when it is first opened: for pages that are heavy without it. */
export function LazyConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const [wasOpen, setWasOpen] = useState(false);
  if (props.open && !wasOpen) setWasOpen(true);
  return (
    wasOpen && (
      <Suspense fallback={null}>
        <ConfirmDialog {...props} />
      </Suspense>
    )
  );
}
