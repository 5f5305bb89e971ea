import { useState, type ReactNode } from 'react';

import { field } from '../../forms/form.tsx';
import { RadioGroup } from '../../ui/choice.tsx';
import { TextField } from '../../ui/field.tsx';
import { dayOf, EXPIRIES, expiryWords } from './key-form.ts';
import type { KeyFormState } from './limits-field.tsx';

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
      {expiry === 'date' && <TextField label="Last day" type="date" min={dayOf(nowMs)} {...field(form, 'day')} />}
    </>
  );
}
