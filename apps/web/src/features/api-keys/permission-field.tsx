import type { DescribedPermission, PermissionName } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { Checkbox, ChoiceGroup, RadioGroup } from '../../ui/choice.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { countWords } from '../../words/time-words.ts';
import { useCatalogue, useSentences } from '../roles/catalogue.ts';
import { permissionGroups } from '../roles/permission-groups.ts';
import { PERMISSION_MODES, type PermissionMode } from './key-form.ts';

const NAMED_IN_SUMMARY = 3;

/** "It can see your own API keys, and 3 more things." */
function summary(permissions: readonly PermissionName[], sentenceOf: (name: PermissionName) => string): string {
  if (permissions.length === 0) return 'It can do nothing yet.';
  const things = permissions.slice(0, NAMED_IN_SUMMARY).map(sentenceOf);
  const more = permissions.length - things.length;
  return `It can: ${things.join(' ')}${more > 0 ? ` And ${countWords(more, 'more thing')}.` : ''}`;
}

export type PermissionFieldProps = {
  mode: PermissionMode;
  onMode: (mode: PermissionMode) => void;
  /** What the mode and the choice come to. */
  permissions: readonly PermissionName[];
  onChoose: (permissions: PermissionName[]) => void;
  /** Why a permission can't be given, or undefined when it can. */
  whyOff: (permission: PermissionName) => string | undefined;
  error: string | undefined;
};

export function PermissionField(props: PermissionFieldProps): ReactNode {
  const { mode, onMode, permissions, error } = props;
  const sentenceOf = useSentences();
  return (
    <div className="stack" data-gap="small">
      <RadioGroup
        legend="Permissions"
        layout="pills"
        options={PERMISSION_MODES}
        value={mode}
        onChange={onMode}
        hint={summary(permissions, sentenceOf)}
        error={error}
      />
      {mode === 'choose' && <PermissionPicker {...props} />}
    </div>
  );
}

function matches({ name, description }: DescribedPermission, text: string): boolean {
  return `${name} ${description}`.toLowerCase().includes(text.toLowerCase());
}

function PermissionPicker({ permissions, onChoose, whyOff }: PermissionFieldProps): ReactNode {
  const [text, setText] = useState('');
  const groups = permissionGroups(useCatalogue(), (each) => matches(each, text));
  const toggle = (permission: PermissionName, on: boolean) =>
    onChoose(on ? [...permissions, permission] : permissions.filter((each) => each !== permission));
  return (
    <div className="picker">
      <SearchField label="Search permissions" value={text} onSearch={setText} />
      <div className="picker-list">
        {groups.length === 0 && <p className="soft">No permission matches “{text}”.</p>}
        {groups.map(({ title, permissions: ofGroup }) => (
          <ChoiceGroup key={ofGroup[0]?.name} legend={title}>
            {ofGroup.map(({ name, description }) => (
              <Checkbox
                key={name}
                label={<span className="mono">{name}</span>}
                hint={whyOff(name) ?? description}
                disabled={whyOff(name) !== undefined}
                checked={permissions.includes(name)}
                onChange={(event) => toggle(name, event.target.checked)}
              />
            ))}
          </ChoiceGroup>
        ))}
      </div>
    </div>
  );
}
