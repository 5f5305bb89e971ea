import type { Role } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { lazyDialog } from '../../ui/lazy-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell, tellFailure } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { wantsFactorWords, withoutFactorWords } from './factor-words.ts';

const RequireFactorDialog = lazyDialog(async () => (await import('./require-factor-dialog.tsx')).RequireFactorDialog);

type SecondFactorCardProps = { role: Role; offBecause: string | undefined };

/** Whether the role wants a second factor of its people, from when on, and how many have none. */
export function SecondFactorCard({ role, offBecause }: SecondFactorCardProps): ReactNode {
  const { name, secondFactorFromMs } = role;
  const [asking, setAsking] = useState(false);
  const missing = trpc.roles.withoutFactor.useQuery({ name });
  const known = missing.data ? withoutFactorWords(missing.data) : '';
  return (
    <Card title="Second factor">
      <p>
        {wantsFactorWords(secondFactorFromMs)} {known}
      </p>
      <div className="row">
        <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
          {secondFactorFromMs === null ? 'Require a second factor' : 'Change the date'}
        </GuardedButton>
        {secondFactorFromMs !== null && <StopRequiring name={name} offBecause={offBecause} />}
      </div>
      <RequireFactorDialog open={asking} onClose={() => setAsking(false)} role={name} known={known} />
    </Card>
  );
}

function StopRequiring({ name, offBecause }: { name: string; offBecause: string | undefined }): ReactNode {
  const cache = trpc.useUtils();
  const stop = trpc.roles.update.useMutation({
    onSuccess: async () => {
      tell(`${name} requires no second factor any more.`);
      await Promise.all([cache.roles, cache.me, cache.audit].map((each) => each.invalidate()));
    },
    onError: (error) => {
      const { what, next } = failureOf(error);
      tellFailure(`${what} ${next}`);
    },
  });
  return (
    <GuardedButton
      tone="quiet"
      offBecause={offBecause}
      pending={stop.isPending}
      onClick={() => stop.mutate({ name, secondFactorFromMs: null })}
    >
      Stop requiring it
    </GuardedButton>
  );
}
