import type { PermissionName } from '@latchkey/schemas';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { rpcClient } from '../../rpc/client.ts';
import { Notice } from '../../ui/notice.tsx';
import { failureOf } from '../../words/failure.ts';
import { previewWords } from './preview-words.ts';

/** Whom it touches to give the role these permissions, asked anew at each change. */
export function ChangePreview(props: { role: string; permissions: readonly PermissionName[] }): ReactNode {
  const input = { name: props.role, permissions: [...props.permissions] };
  const preview = useQuery({
    queryKey: ['role preview', input],
    queryFn: () => rpcClient.roles.preview.mutate(input),
    placeholderData: keepPreviousData,
  });
  const failure = preview.error && failureOf(preview.error);
  const sentences = failure ? [`${failure.what} ${failure.next}`] : previewWordsOf(preview.data);
  return (
    <Notice role="status" tone={preview.data && preview.data.lost.length > 0 ? 'warn' : 'plain'}>
      {sentences.map((each) => (
        <p key={each}>{each}</p>
      ))}
    </Notice>
  );
}

function previewWordsOf(preview: Parameters<typeof previewWords>[0] | undefined): string[] {
  return preview ? previewWords(preview) : ['Counting who is touched.'];
}
