import { PERMISSIONS, type DescribedPermission, type PermissionName } from '@latchkey/schemas';

import { trpc } from '../../rpc/client.ts';
import type { ResourcePermissions } from './permission-groups.ts';

const OWN: readonly ResourcePermissions[] = [
  {
    name: 'Latchkey',
    permissions: Object.entries(PERMISSIONS).map(
      ([name, description]) => ({ name, description }) as DescribedPermission,
    ),
  },
];

/** What there is to hold, by resource; Latchkey's own while the rest is on its way. */
export function useCatalogue(): readonly ResourcePermissions[] {
  return trpc.permissions.list.useQuery().data?.items ?? OWN;
}

type Sentences = ReadonlyMap<PermissionName, string>;

/** Each row of a long table asks. */
const remembered = new WeakMap<readonly ResourcePermissions[], Sentences>();

function sentencesOf(catalogue: readonly ResourcePermissions[]): Sentences {
  const permissions = catalogue.flatMap((resource) => resource.permissions);
  const sentences =
    remembered.get(catalogue) ?? new Map(permissions.map(({ name, description }) => [name, description]));
  remembered.set(catalogue, sentences);
  return sentences;
}

/** What a permission lets somebody do. */
export function useSentences(): (name: PermissionName) => string {
  const sentences = sentencesOf(useCatalogue());
  return (name) => sentences.get(name) ?? '';
}
