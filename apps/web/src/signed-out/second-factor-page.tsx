import { secondFactorInput, type SecondFactorNeeded } from '@latchkey/schemas';
import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { hasPasskeys } from '../passkeys/support.ts';
import { server } from './client.ts';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';
import { goOn } from './go-on.ts';
import { useSmallForm } from './small-form.ts';
import { TrustChoice } from './trust-choice.tsx';
import { useWait, WaitNotice } from './wait.tsx';

type Way = SecondFactorNeeded['factors'][number];

const SecondPasskey = lazy(async () => ({ default: (await import('./second-passkey.tsx')).SecondPasskey }));

const LEADS: Record<Way, string> = {
  passkey: 'Use one of your passkeys: your finger, face or PIN, or a security key.',
  totp: 'Enter the six digits that your authenticator app shows.',
  recovery_code: 'Enter one of your recovery codes. Each works once.',
};

/** The step after the password. */
export function SecondFactorPage({ needed }: { needed: SecondFactorNeeded }): ReactNode {
  const ways = needed.factors.filter((each) => each !== 'passkey' || hasPasskeys());
  const [place, setPlace] = useState(0);
  const way = ways[place % ways.length] ?? 'recovery_code';
  return (
    <Frame title="Confirm it's you" lead={LEADS[way]} below={<a href={`/sign-in${location.search}`}>Start again</a>}>
      {way === 'passkey' ? (
        <Suspense fallback={null}>
          <SecondPasskey />
        </Suspense>
      ) : (
        <CodeForm key={way} way={way} />
      )}
      {ways.length > 1 && (
        <Button tone="quiet" wide onClick={() => setPlace(place + 1)}>
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

function CodeForm({ way }: { way: Exclude<Way, 'passkey'> }): ReactNode {
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
        <TrustChoice />
        <Button type="submit" tone="primary" wide pending={form.pending} off={(wait?.leftSeconds ?? 0) > 0}>
          Sign in
        </Button>
      </form>
    </>
  );
}
