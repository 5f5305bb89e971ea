import type { PermissionName, Role } from '@latchkey/schemas';

export type RoleDifference = { only: PermissionName[]; both: PermissionName[]; onlyOther: PermissionName[] };

/** What one role allows and the other doesn't, and what both do. */
export function differenceOf({ permissions }: Role, { permissions: others }: Role): RoleDifference {
  return {
    only: permissions.filter((each) => !others.includes(each)),
    both: permissions.filter((each) => others.includes(each)),
    onlyOther: others.filter((each) => !permissions.includes(each)),
  };
}
