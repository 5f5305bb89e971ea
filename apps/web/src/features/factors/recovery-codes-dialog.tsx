import type { ReactNode } from 'react';

import { Dialog } from '../../ui/dialog.tsx';
import type { Layer } from '../../ui/use-layer.ts';
import { RecoveryCodesStep } from './recovery-codes-step.tsx';

export function RecoveryCodesDialog({ layer }: { layer: Layer<readonly string[]> }): ReactNode {
  return (
    <Dialog
      open={layer.open}
      onClose={layer.close}
      onClosed={layer.forget}
      title="Save your recovery codes"
      dismissal="held"
    >
      {layer.subject && <RecoveryCodesStep codes={layer.subject} onLeave={layer.close} />}
    </Dialog>
  );
}
