import { lazy, Suspense, useSyncExternalStore, type ReactNode } from 'react';

import { onQuestionChange, openQuestion } from '../rpc/freshness.ts';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

const ConfirmForm = lazy(async () => ({ default: (await import('./confirm-form.tsx')).ConfirmForm }));

/** Opens by itself when a call needs a fresher sign-in. The call goes on by itself afterwards. */
export function ConfirmItsYou(): ReactNode {
  const question = useSyncExternalStore(onQuestionChange, openQuestion);
  const leave = () => question?.answer(false);
  return (
    <Dialog open={question !== null} onClose={leave} title="Confirm it's you" size="small">
      <Suspense fallback={<Waiting />}>
        <ConfirmForm onConfirmed={() => question?.answer(true)} onLeave={leave} />
      </Suspense>
    </Dialog>
  );
}

function Waiting(): ReactNode {
  return (
    <DialogBody>
      <SkeletonRows rows={2} label="Loading" />
    </DialogBody>
  );
}
