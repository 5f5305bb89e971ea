import type { ReactNode } from 'react';

import { field, type CheckedForm } from '../../forms/form.tsx';
import { Checkbox } from '../../ui/choice.tsx';
import { type keyForm, readsOnly, type KeyForm } from './key-form.ts';
import { LimitFields } from './limit-fields.tsx';
import type * as z from 'zod/mini';

export type KeyFormState = CheckedForm<z.input<typeof keyForm>, KeyForm>;

/** Folded, since most keys need none of it; open when something in it must be mended. */
export function LimitsField({ form }: { form: KeyFormState }): ReactNode {
  const { errors } = form.formState;
  const harmless = readsOnly(form.watch('permissions'));
  return (
    <details
      className="limits"
      open={Boolean(errors.ipAllowList ?? errors.rateLimit ?? errors.quota ?? errors.allowQuery) || undefined}
    >
      <summary>Limits</summary>
      <div className="stack">
        <LimitFields
          networks={field(form, 'ipAllowList')}
          rate={field(form, 'rateLimit')}
          window={field(form, 'windowSeconds')}
          quota={field(form, 'quota')}
          period={field(form, 'quotaPer')}
        />
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
