import type { PermissionName, Role } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useHolds } from '../../rpc/me.tsx';
import { Checkbox, ChoiceGroup } from '../../ui/choice.tsx';
import { FieldError } from '../../ui/field.tsx';
import { countWords } from '../../words/time-words.ts';
import { useSentences } from './catalogue.ts';
import { cantGiveWords, permissionsOf, useRoles } from './roles.ts';

type RolesFieldProps = {
  value: readonly string[];
  onChange: (roles: string[]) => void;
  error?: string | undefined;
};

/** Roles with what each is for. One that allows more than one's own roles do is off, and says why. */
export function RolesField({ value, onChange, error }: RolesFieldProps): ReactNode {
  const roles = useRoles();
  const turn = (name: string, on: boolean) => onChange(on ? [...value, name] : value.filter((each) => each !== name));
  return (
    <div className="stack" data-gap="small">
      <ChoiceGroup legend="Roles">
        {roles.map((role) => (
          <RoleChoice key={role.name} role={role} on={value.includes(role.name)} onTurn={turn} />
        ))}
      </ChoiceGroup>
      {error && <FieldError>{error}</FieldError>}
      <Allowed permissions={permissionsOf(roles, value)} />
    </div>
  );
}

type RoleChoiceProps = { role: Role; on: boolean; onTurn: (name: string, on: boolean) => void };

function RoleChoice({ role, on, onTurn }: RoleChoiceProps): ReactNode {
  const holds = useHolds();
  const offBecause = cantGiveWords(role.permissions.filter((each) => !holds(each)));
  return (
    <Checkbox
      label={role.name}
      hint={offBecause ? `${role.description} ${offBecause}` : role.description}
      checked={on}
      disabled={offBecause !== undefined}
      onChange={(event) => onTurn(role.name, event.target.checked)}
    />
  );
}

/** What the chosen roles come to. */
function Allowed({ permissions }: { permissions: readonly PermissionName[] }): ReactNode {
  if (permissions.length === 0) {
    return <p className="soft small">Without a role, nothing is allowed but one’s own account.</p>;
  }
  return (
    <details className="small fold">
      <summary>Allows {countWords(permissions.length, 'thing')} in all</summary>
      <PermissionSentences permissions={permissions} />
    </details>
  );
}

function PermissionSentences({ permissions }: { permissions: readonly PermissionName[] }): ReactNode {
  const sentenceOf = useSentences();
  return (
    <ul className="sentences">
      {permissions.map((each) => (
        <li key={each}>
          {sentenceOf(each)} <code>{each}</code>
        </li>
      ))}
    </ul>
  );
}
