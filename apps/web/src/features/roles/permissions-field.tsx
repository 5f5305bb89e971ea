import type { PermissionName } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useHolds } from '../../rpc/me.tsx';
import { Checkbox, ChoiceGroup } from '../../ui/choice.tsx';
import { useCatalogue } from './catalogue.ts';
import { permissionGroups } from './permission-groups.ts';
import { cantGiveWords } from './roles.ts';

type PermissionsFieldProps = { value: readonly PermissionName[]; onChange: (value: PermissionName[]) => void };

/** All permissions by resource. What one lacks is off, and says so. */
export function PermissionsField({ value, onChange }: PermissionsFieldProps): ReactNode {
  const holds = useHolds();
  const groups = permissionGroups(useCatalogue());
  const turn = (each: PermissionName, on: boolean) =>
    onChange(on ? [...value, each] : value.filter((other) => other !== each));
  return (
    <div className="permission-groups">
      {groups.map(({ title, permissions }) => (
        <ChoiceGroup key={permissions[0]?.name} legend={title}>
          {permissions.map(({ name, description }) => (
            <Checkbox
              key={name}
              label={<span className="mono">{name}</span>}
              hint={holds(name) ? description : cantGiveWords([name])}
              disabled={!holds(name)}
              checked={value.includes(name)}
              onChange={(event) => turn(name, event.target.checked)}
            />
          ))}
        </ChoiceGroup>
      ))}
    </div>
  );
}
