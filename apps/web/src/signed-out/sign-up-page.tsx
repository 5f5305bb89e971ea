import { signUpInput } from '@latchkey/schemas';
import { useCallback, type ReactNode } from 'react';
import type * as z from 'zod/mini';

import { Button, LinkButton } from '../ui/button.tsx';
import { safeNextPath } from '../words/next-path.ts';
import { server } from './client.ts';
import { FormFailure, PageFailure } from './form-failure.tsx';
import { Frame, FrameSkeleton } from './frame.tsx';
import { PersonFields } from './person-fields.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';
import { useWait, WaitNotice } from './wait.tsx';

async function signUp(values: z.infer<typeof signUpInput>): Promise<void> {
  await server.signUp.create.mutate(values);
  location.replace(safeNextPath(new URLSearchParams(location.search).get('next'), location.origin));
}

export function SignUpPage(): ReactNode {
  const [info, retry] = useAnswer(useCallback(() => server.server.info.query(), []));
  if (info.state === 'waiting') return <FrameSkeleton title="Create an account" />;
  if (info.state === 'failed') {
    return (
      <Frame title="Create an account">
        <PageFailure failure={info.failure} onRetry={retry} />
      </Frame>
    );
  }
  return info.data.signUpOpen ? <SignUpForm /> : <SignUpClosed />;
}

function SignUpForm(): ReactNode {
  const form = useSmallForm(signUpInput, signUp);
  const wait = useWait(form.failure);
  return (
    <Frame title="Create an account" below={<SignInLink />}>
      {wait ? <WaitNotice wait={wait} /> : <FormFailure failure={form.failure} />}
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <PersonFields errors={form.errors} />
        <Button type="submit" tone="primary" wide pending={form.pending} off={(wait?.leftSeconds ?? 0) > 0}>
          Create account
        </Button>
      </form>
    </Frame>
  );
}

function SignInLink(): ReactNode {
  return (
    <>
      Have an account? <a href={`/sign-in${location.search}`}>Sign in</a>
    </>
  );
}

function SignUpClosed(): ReactNode {
  return (
    <Frame title="Sign-up is closed" lead="Accounts here are made by invitation. Ask an admin for one.">
      <LinkButton href="/sign-in" wide>
        Sign in
      </LinkButton>
    </Frame>
  );
}
