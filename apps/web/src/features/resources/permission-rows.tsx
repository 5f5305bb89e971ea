import type { ReactNode } from 'react';
import { useFieldArray } from 'react-hook-form';

import { Button, IconButton } from '../../ui/button.tsx';
import { FieldError, TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { ResourceFormState } from './resource-form.ts';

/** The permissions that a resource brings, each with the sentence that people read. */
export function PermissionRows({ form }: { form: ResourceFormState }): ReactNode {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'permissions' });
  const { errors } = form.formState;
  const whole = errors.permissions?.root?.message ?? errors.permissions?.message;
  return (
    <fieldset className="choices">
      <legend>Permissions</legend>
      {fields.length === 0 && <p className="soft">It brings none yet.</p>}
      <ul className="permission-rows">
        {fields.map(({ id }, place) => (
          <li className="permission-row" key={id}>
            <TextField
              label="Permission"
              placeholder="notes:read"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              {...form.register(`permissions.${place}.name`)}
              error={errors.permissions?.[place]?.name?.message}
            />
            <TextField
              label="What it lets one do"
              placeholder="Read notes."
              autoComplete="off"
              {...form.register(`permissions.${place}.description`)}
              error={errors.permissions?.[place]?.description?.message}
            />
            <IconButton label={`Take away permission ${place + 1}`} onClick={() => remove(place)}>
              <Icon name="close" />
            </IconButton>
          </li>
        ))}
      </ul>
      {whole && <FieldError>{whole}</FieldError>}
      <div>
        <Button size="small" onClick={() => append({ name: '' as never, description: '' })}>
          Add permission
        </Button>
      </div>
    </fieldset>
  );
}
