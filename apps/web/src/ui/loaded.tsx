import type { ReactNode } from 'react';

import { failureOf } from '../words/failure.ts';
import { SkeletonRows } from './skeleton.tsx';
import { ErrorState, NoAccess } from './state.tsx';

export type QueryState<Data> = {
  data: Data | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
};

export type LoadedProps<Data> = {
  query: QueryState<Data>;
  /** The failure's title: "Your sessions can't be shown". */
  failed: string;
  /** Of the content's height. */
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
};

/** One of: skeleton, no access, error with Retry, or the content. Old content stays when only its renewal failed. */
export function Loaded<Data>({ query, failed, skeleton, children }: LoadedProps<Data>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending || !query.error) return skeleton ?? <SkeletonRows rows={3} label="Loading" />;
  const failure = failureOf(query.error);
  if (failure.code === 'permission_missing') {
    return <NoAccess missing={failure.denial?.missing ?? []} denialId={failure.denialId} />;
  }
  return <ErrorState title={failed} failure={failure} onRetry={() => void query.refetch()} />;
}
