import { useState, type ReactNode } from 'react';

import { field } from '../../forms/form.tsx';
import { RadioGroup } from '../../ui/choice.tsx';
import { TextField } from '../../ui/field.tsx';
import { EXPIRIES, expiryWords } from './key-form.ts';
import type { KeyFormState } from './limits-field.tsx';

/** Today, as `<input type="date">` writes it. */
function today(nowMs: number): string {
  return new Date(nowMs - new Date(nowMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function ExpiryField({ form }: { form: KeyFormState }): ReactNode {
  const [nowMs] = useState(() => Date.now());
  const expiry = form.watch('expiry');
  return (
    <>
      <RadioGroup
        legend="Expires"
        layout="pills"
        options={EXPIRIES}
        value={expiry}
        onChange={(next) => form.setValue('expiry', next)}
        hint={expiryWords(expiry, form.watch('day'), nowMs)}
      />
      {expiry === 'date' && <TextField label="Last day" type="date" min={today(nowMs)} {...field(form, 'day')} />}
    </>
  );
}
