import { useState, type ReactNode } from 'react';

import { useSendsMail } from '../../rpc/sends-mail.ts';
import { field } from '../../forms/form.tsx';
import { RadioGroup } from '../../ui/choice.tsx';
import { TextField } from '../../ui/field.tsx';
import { dayOf, EXPIRIES, expiryWords } from './key-form.ts';
import type { KeyFormState } from './limits-field.tsx';

export function ExpiryField({ form }: { form: KeyFormState }): ReactNode {
  const [nowMs] = useState(() => Date.now());
  const expiry = form.watch('expiry');
  const sendsMail = useSendsMail();
  return (
    <>
      <RadioGroup
        legend="Expires"
        layout="pills"
        options={EXPIRIES}
        value={expiry}
        onChange={(next) => form.setValue('expiry', next)}
        hint={expiryWords({ expiry, day: form.watch('day'), nowMs, sendsMail })}
      />
      {expiry === 'date' && <TextField label="Last day" type="date" min={dayOf(nowMs)} {...field(form, 'day')} />}
    </>
  );
}
