import type { PermissionName, Role } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { SelectField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { useSentences } from './catalogue.ts';
import { differenceOf } from './role-difference.ts';
import type { RolesSearch } from './roles-search.ts';

type CompareRolesCardProps = {
  roles: readonly Role[];
  search: RolesSearch;
  onSearch: (change: Partial<RolesSearch>) => void;
};

export function CompareRolesCard({ roles, search, onSearch }: CompareRolesCardProps): ReactNode {
  const named = (name: string | undefined) => roles.find((role) => role.name === name);
  const [one, other] = [named(search.compare), named(search.with)];
  const options = [{ value: '', label: 'Choose a role' }, ...roles.map(({ name }) => ({ value: name, label: name }))];
  const field = (label: string, key: keyof RolesSearch, role: Role | undefined) => (
    <SelectField
      label={label}
      options={options}
      value={role?.name ?? ''}
      onChange={({ target }) => onSearch({ [key]: target.value || undefined })}
    />
  );
  return (
    <Card title="Compare two roles" lead="What one allows and the other doesn't.">
      <div className="compared">
        {field('Compare', 'compare', one)}
        {field('With', 'with', other)}
      </div>
      {one && other && <Difference one={one} other={other} />}
    </Card>
  );
}

function Difference({ one, other }: { one: Role; other: Role }): ReactNode {
  const { only, both, onlyOther } = differenceOf(one, other);
  if (only.length + onlyOther.length === 0) return <p role="status">Both allow the same.</p>;
  return (
    <div className="difference">
      <Part title={`Only ${one.name}`} mark="−" side="one" permissions={only} />
      <Part title={`Only ${other.name}`} mark="+" side="other" permissions={onlyOther} />
      <Part title="Both" mark="=" side="both" permissions={both} />
    </div>
  );
}

type PartProps = {
  title: string;
  mark: string;
  side: 'one' | 'other' | 'both';
  permissions: readonly PermissionName[];
};

function Part({ title, mark, side, permissions }: PartProps): ReactNode {
  const sentenceOf = useSentences();
  return (
    <section data-side={side}>
      <h3>
        {title} <span className="soft">{permissions.length}</span>
      </h3>
      {permissions.length === 0 ? (
        <p className="soft">Nothing.</p>
      ) : (
        <ul role="list">
          {permissions.map((name) => (
            <li key={name}>
              <span aria-hidden="true">{mark}</span>
              <div>
                <span className="mono">{name}</span>
                <span className="cell-sub">{sentenceOf(name)}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
