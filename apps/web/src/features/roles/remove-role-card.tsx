import type { Role } from '@latchkey/schemas';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { ChangePreview } from './change-preview.tsx';

const EFFECT = 'Whoever has it loses what only it allows, from the next request on.';

export function RemoveRoleCard({ role, offBecause }: { role: Role; offBecause: string | undefined }): ReactNode {
  const { name } = role;
  const cache = trpc.useUtils();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = trpc.roles.remove.useMutation({
    async onSuccess() {
      tell(`Role ${name} removed.`);
      await navigate({ to: '/console/roles' });
      await Promise.all(
        [cache.roles, cache.users, cache.serviceAccounts, cache.audit].map((each) => each.invalidate()),
      );
    },
  });
  return (
    <Card
      title="Remove this role"
      lead={EFFECT}
      action={
        <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
          Remove role
        </GuardedButton>
      }
    >
      <LazyConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onClosed={() => remove.reset()}
        title={`Remove ${name}?`}
        act="Remove role"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ name, takeFromHolders: true })}
      >
        <p>{EFFECT}</p>
        <ChangePreview role={name} permissions={[]} />
        {remove.error && <FailureAlert failure={failureOf(remove.error)} />}
      </LazyConfirmDialog>
    </Card>
  );
}
