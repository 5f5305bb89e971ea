import type { ReactNode } from 'react';

import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import { PERIODS, windowOptions } from './limit-words.ts';

/** A field of some form: its name, its error and what hears its changes. */
type Wired = { name: string; error: string | undefined };

type LimitFieldsProps = {
  networks: Wired;
  rate: Wired;
  window: Wired;
  quota: Wired;
  period: Wired;
  /** The key's window, where it has one. */
  windowSeconds?: number | undefined;
};

const USUAL_WINDOW_SECONDS = 60;

/** From where a key works, and how often. */
export function LimitFields(props: LimitFieldsProps): ReactNode {
  const { networks, rate, window, quota, period, windowSeconds = USUAL_WINDOW_SECONDS } = props;
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
        <SelectField label="In" options={windowOptions(windowSeconds)} {...window} />
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
