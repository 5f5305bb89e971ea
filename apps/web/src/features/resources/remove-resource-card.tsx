import type { Resource } from '@latchkey/schemas';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { LazyConfirmDialog } from '../../ui/lazy-confirm-dialog.tsx';
import { Card } from '../../ui/page.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { LeavingPreview } from './leaving-preview.tsx';

const EFFECT = 'No token is made for it any more, and nobody holds its permissions.';

type RemoveResourceProps = { resource: Resource; offBecause: string | undefined };

export function RemoveResourceCard({ resource, offBecause }: RemoveResourceProps): ReactNode {
  const { id, name, permissions } = resource;
  const cache = trpc.useUtils();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = trpc.resources.remove.useMutation({
    async onSuccess() {
      tell(`${name} removed.`);
      await navigate({ to: '/console/resources' });
      const stale = [cache.resources, cache.permissions, cache.roles, cache.apiKeys, cache.me, cache.audit];
      await Promise.all(stale.map((each) => each.invalidate()));
    },
  });
  return (
    <Card
      title="Remove this resource"
      lead={EFFECT}
      action={
        <GuardedButton offBecause={offBecause} onClick={() => setAsking(true)}>
          Remove resource
        </GuardedButton>
      }
    >
      <LazyConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onClosed={() => remove.reset()}
        title={`Remove ${name}?`}
        act="Remove resource"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ id, takeFromHolders: true })}
      >
        <p>{EFFECT}</p>
        {permissions.length > 0 && (
          <LeavingPreview resource={resource} leaving={permissions.map((each) => each.name)} />
        )}
        {remove.error && <FailureAlert failure={failureOf(remove.error)} />}
      </LazyConfirmDialog>
    </Card>
  );
}
