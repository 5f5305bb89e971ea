import type { ReactNode } from 'react';

import { field, type CheckedForm } from '../../forms/form.tsx';
import { Checkbox } from '../../ui/choice.tsx';
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import { type keyForm, readsOnly, type KeyForm } from './key-form.ts';
import type * as z from 'zod/mini';

export type KeyFormState = CheckedForm<z.input<typeof keyForm>, KeyForm>;

const WINDOWS = [
  { value: '1', label: 'a second' },
  { value: '60', label: 'a minute' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
];

/** Folded, since most keys need none of it; open when something in it must be mended. */
export function LimitsField({ form }: { form: KeyFormState }): ReactNode {
  const { errors } = form.formState;
  const harmless = readsOnly(form.watch('permissions'));
  return (
    <details
      className="limits"
      open={Boolean(errors.ipAllowList ?? errors.rateLimit ?? errors.allowQuery) || undefined}
    >
      <summary>Limits</summary>
      <div className="stack">
        <TextAreaField
          label="Networks"
          optional
          hint="Addresses or blocks, one on each line. Empty: it works from everywhere."
          placeholder="10.0.0.0/8"
          spellCheck={false}
          {...field(form, 'ipAllowList')}
        />
        <div className="rate">
          <TextField
            label="Requests"
            optional
            inputMode="numeric"
            placeholder="No limit"
            {...field(form, 'rateLimit')}
          />
          <SelectField label="In" options={WINDOWS} {...field(form, 'windowSeconds')} />
        </div>
        <Checkbox
          label="Allow it in addresses (?api_key=…)"
          hint={
            harmless
              ? 'For tools that can’t send headers. Addresses end up in logs and histories.'
              : 'Only for keys whose permissions all end in :read.'
          }
          disabled={!harmless}
          {...form.register('allowQuery')}
        />
      </div>
    </details>
  );
}
