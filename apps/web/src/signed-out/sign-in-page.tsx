import { signInInput, type NextStep } from '@latchkey/schemas';
import { useCallback, useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { PasswordField } from '../ui/password-field.tsx';
import { server } from './client.ts';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';
import { goOn } from './go-on.ts';
import { SecondStep } from './second-step.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';
import { usePasskey } from './use-passkey.ts';
import { useWait, WaitNotice } from './wait.tsx';

const checked = z.extend(signInInput, { email: z.string().check(z.trim(), z.minLength(1, 'Enter your email.')) });

export function SignInPage(): ReactNode {
  const [needed, setNeeded] = useState<NextStep | null>(null);
  return needed ? <SecondStep needed={needed} /> : <PasswordStep onNeeded={setNeeded} />;
}

function PasswordStep({ onNeeded }: { onNeeded: (needed: NextStep) => void }): ReactNode {
  const [info] = useAnswer(useCallback(() => server.server.info.query(), []));
  const form = useSmallForm(checked, async (values) => {
    const answer = await server.signIn.password.mutate(values);
    if ('next' in answer) onNeeded(answer);
    else goOn();
  });
  const wait = useWait(form.failure);
  const passkey = usePasskey();
  const known = info.state === 'here' ? info.data : null;
  return (
    <Frame title="Sign in" below={known?.signUpOpen && <SignUpLink />}>
      {known?.needsSetup && (
        <Notice tone="warn">
          <p>This server has no admin yet. Open the set-up link that it printed when it started.</p>
        </Notice>
      )}
      {wait ? (
        <WaitNotice wait={wait} hasPasskeys={passkey.isThere} />
      ) : (
        <FormFailure failure={form.failure ?? passkey.failure} />
      )}
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          defaultValue={new URLSearchParams(location.search).get('email') ?? ''}
          error={form.errors.email}
        />
        <PasswordField label="Password" name="password" autoComplete="current-password" error={form.errors.password} />
        <Button type="submit" tone="primary" wide pending={form.pending} off={(wait?.leftSeconds ?? 0) > 0}>
          Sign in
        </Button>
        {/* After both fields: from the email, Tab leads to the password. */}
        <a href="/reset" className="small">
          Forgot your password?
        </a>
      </form>
      {passkey.isThere && (
        <Button wide pending={passkey.pending} onClick={passkey.use}>
          Use a passkey
        </Button>
      )}
    </Frame>
  );
}

function SignUpLink(): ReactNode {
  return (
    <>
      New here? <a href={`/sign-up${location.search}`}>Create an account</a>
    </>
  );
}
