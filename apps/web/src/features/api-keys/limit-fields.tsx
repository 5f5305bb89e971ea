import type { ReactNode } from 'react';

import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';

const WINDOWS = [
  { value: '1', label: 'a second' },
  { value: '60', label: 'a minute' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
];

const PERIODS = [
  { value: 'day', label: 'a day' },
  { value: 'week', label: 'a week' },
  { value: 'month', label: 'a month' },
];

/** A field of some form: its name, its error and what hears its changes. */
type Wired = { name: string; error: string | undefined };

type LimitFieldsProps = { networks: Wired; rate: Wired; window: Wired; quota: Wired; period: Wired };

/** From where a key works, and how often. */
export function LimitFields({ networks, rate, window, quota, period }: LimitFieldsProps): ReactNode {
  return (
    <>
      <TextAreaField
        label="Networks"
        optional
        hint="Addresses or blocks, one on each line. Empty: it works from everywhere."
        placeholder="10.0.0.0/8"
        spellCheck={false}
        {...networks}
      />
      <div className="rate">
        <TextField label="Requests" optional inputMode="numeric" placeholder="No limit" {...rate} />
        <SelectField label="In" options={WINDOWS} {...window} />
      </div>
      <div className="rate">
        <TextField
          label="Quota"
          optional
          inputMode="numeric"
          placeholder="No quota"
          hint="Refills at midnight, on Monday or on the 1st, in UTC."
          {...quota}
        />
        <SelectField label="Each" options={PERIODS} {...period} />
      </div>
    </>
  );
}
