import type { PermissionName } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { Checkbox, ChoiceGroup, RadioGroup } from '../../ui/choice.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { permissionWords } from '../../words/permission-words.ts';
import { countWords } from '../../words/time-words.ts';
import { PERMISSION_MODES, permissionGroups, type PermissionMode } from './key-form.ts';

const NAMED_IN_SUMMARY = 3;

/** "It can see your own API keys, and 3 more things." */
function summary(permissions: readonly PermissionName[]): string {
  if (permissions.length === 0) return 'It can do nothing yet.';
  const things = permissions.slice(0, NAMED_IN_SUMMARY).map((each) => permissionWords(each));
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
  return (
    <div className="stack" data-gap="small">
      <RadioGroup
        legend="Permissions"
        layout="pills"
        options={PERMISSION_MODES}
        value={mode}
        onChange={onMode}
        hint={summary(permissions)}
        error={error}
      />
      {mode === 'choose' && <PermissionPicker {...props} />}
    </div>
  );
}

function matches(permission: PermissionName, text: string): boolean {
  return `${permission} ${permissionWords(permission)}`.toLowerCase().includes(text.toLowerCase());
}

function PermissionPicker({ permissions, onChoose, whyOff }: PermissionFieldProps): ReactNode {
  const [text, setText] = useState('');
  const groups = permissionGroups((each) => matches(each, text));
  const toggle = (permission: PermissionName, on: boolean) =>
    onChoose(on ? [...permissions, permission] : permissions.filter((each) => each !== permission));
  return (
    <div className="picker">
      <SearchField label="Search permissions" value={text} onSearch={setText} />
      <div className="picker-list">
        {groups.length === 0 && <p className="soft">No permission matches “{text}”.</p>}
        {groups.map(({ resource, permissions: ofResource }) => (
          <ChoiceGroup key={resource} legend={resource}>
            {ofResource.map((permission) => (
              <Checkbox
                key={permission}
                label={<span className="mono">{permission}</span>}
                hint={whyOff(permission) ?? permissionWords(permission)}
                disabled={whyOff(permission) !== undefined}
                checked={permissions.includes(permission)}
                onChange={(event) => toggle(permission, event.target.checked)}
              />
            ))}
          </ChoiceGroup>
        ))}
      </div>
    </div>
  );
}
