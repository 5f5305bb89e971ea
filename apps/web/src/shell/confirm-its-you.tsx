import { lazy, Suspense, useSyncExternalStore, type ReactNode } from 'react';

import { onQuestionChange, openQuestion } from '../rpc/freshness.ts';
import { Dialog } from '../ui/dialog.tsx';

const ConfirmForm = lazy(async () => ({ default: (await import('./confirm-form.tsx')).ConfirmForm }));

/** Opens by itself when a call needs a fresher sign-in. The call goes on by itself afterwards. */
export function ConfirmItsYou(): ReactNode {
  const question = useSyncExternalStore(onQuestionChange, openQuestion);
  if (!question) return null;
  const leave = () => question.answer(false);
  return (
    <Suspense fallback={null}>
      <Dialog open onClose={leave} title="Confirm it's you" size="small">
        <ConfirmForm onConfirmed={() => question.answer(true)} onLeave={leave} />
      </Dialog>
    </Suspense>
  );
}
