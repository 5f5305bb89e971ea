import { secondFactorInput, type SecondFactorNeeded } from '@latchkey/schemas';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { server } from './client.ts';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';
import { goOn } from './go-on.ts';
import { useSmallForm } from './small-form.ts';
import { useWait, WaitNotice } from './wait.tsx';

type Way = SecondFactorNeeded['factors'][number];

const LEADS: Record<Way, string> = {
  totp: 'Enter the six digits that your authenticator app shows.',
  recovery_code: 'Enter one of your recovery codes. Each works once.',
};

/** The step after the password. */
export function SecondFactorPage({ needed }: { needed: SecondFactorNeeded }): ReactNode {
  const [way, setWay] = useState<Way>(needed.factors[0] ?? 'totp');
  const other = needed.factors.find((each) => each !== way);
  return (
    <Frame title="Confirm it's you" lead={LEADS[way]} below={<a href={`/sign-in${location.search}`}>Start again</a>}>
      <CodeForm key={way} way={way} />
      {other && (
        <Button tone="quiet" wide onClick={() => setWay(other)}>
          Use another way
        </Button>
      )}
    </Frame>
  );
}

const FIELDS = {
  totp: { label: 'Code', inputMode: 'numeric', autoComplete: 'one-time-code', maxLength: 6 },
  recovery_code: { label: 'Recovery code', autoComplete: 'off', autoCapitalize: 'none', spellCheck: false },
} as const;

/** Six digits are sent as they are complete, and a button is there for whoever waits for one. */
function sendWhenComplete({ currentTarget: { value, form } }: FormEvent<HTMLInputElement>): void {
  if (/^\d{6}$/.test(value)) form?.requestSubmit();
}

function CodeForm({ way }: { way: Way }): ReactNode {
  const form = useSmallForm(secondFactorInput, async (values) => {
    await server.signIn.secondFactor.mutate(values);
    goOn();
  });
  const wait = useWait(form.failure);
  return (
    <>
      {wait ? <WaitNotice wait={wait} /> : <FormFailure failure={form.failure} />}
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <TextField
          {...FIELDS[way]}
          name="code"
          autoFocus
          error={form.errors.code}
          onInput={way === 'totp' ? sendWhenComplete : undefined}
        />
        <Button type="submit" tone="primary" wide pending={form.pending} off={(wait?.leftSeconds ?? 0) > 0}>
          Sign in
        </Button>
      </form>
    </>
  );
}
