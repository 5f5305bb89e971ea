import type { ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { tell, tellFailure } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { Safeguard } from './safeguard.tsx';

/** Where there are any: nothing is missing without. */
export function TrustedDevicesLine({ count }: { count: number }): ReactNode {
  const utils = trpc.useUtils();
  const distrust = trpc.factors.distrustDevices.useMutation({
    onSuccess: async () => {
      await utils.factors.invalidate();
      tell('Every browser is asked for your second factor again.');
    },
    onError: (error) => tellFailure(failureOf(error).what),
  });
  return (
    <Safeguard
      title="Trusted browsers"
      is="weak"
      state={`${countWords(count, 'browser')} of yours ${count === 1 ? 'needs' : 'need'} the password alone, for 30 days each.`}
    >
      <Button size="small" pending={distrust.isPending} onClick={() => distrust.mutate()}>
        Stop trusting
      </Button>
    </Safeguard>
  );
}
