import type { PermissionName, Resource, ResourcePreview } from '@latchkey/schemas';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { rpcClient } from '../../rpc/client.ts';
import { Notice } from '../../ui/notice.tsx';
import { failureOf } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { namesWords } from '../roles/preview-words.ts';

/** Which of the resource's permissions aren't in the list any more. */
export function leavingOf(resource: Resource | null, left: readonly { name: string }[]): PermissionName[] {
  const names = new Set(left.map(({ name }) => name.trim()));
  return resource?.permissions.map(({ name }) => name).filter((name) => !names.has(name)) ?? [];
}

type LeavingProps = { resource: Pick<Resource, 'id' | 'permissions'>; leaving: readonly PermissionName[] };

/** Who loses what when these permissions leave the resource. */
export function LeavingPreview({ resource, leaving }: LeavingProps): ReactNode {
  const kept = resource.permissions.map(({ name }) => name).filter((name) => !leaving.includes(name));
  const input = { id: resource.id, permissions: kept };
  const preview = useQuery({
    queryKey: ['resource preview', input],
    queryFn: () => rpcClient.resources.preview.mutate(input),
    placeholderData: keepPreviousData,
  });
  const failure = preview.error && failureOf(preview.error);
  return (
    <Notice role="status" tone="warn">
      <p>{namesWords(leaving)} will be gone, from the next request on.</p>
      <p>
        {failure
          ? `${failure.what} ${failure.next}`
          : preview.data
            ? lossWords(preview.data)
            : 'Counting who is touched.'}
      </p>
    </Notice>
  );
}

/** "2 roles (support, reader) and 3 API keys lose it." */
function lossWords({ removed, roles, apiKeys, atLeast }: ResourcePreview): string {
  if (roles.length === 0 && apiKeys === 0) return 'No role but the built-in ones has it, and no API key.';
  const who = [
    roles.length > 0 && `${countWords(roles.length, 'role')} (${namesWords(roles)})`,
    apiKeys > 0 && `${countWords(apiKeys, 'API key')}${atLeast ? ' or more' : ''}`,
  ].filter(Boolean);
  const verb = roles.length + apiKeys === 1 ? 'loses' : 'lose';
  return `${who.join(' and ')} ${verb} ${removed.length === 1 ? 'it' : 'them'}.`;
}
