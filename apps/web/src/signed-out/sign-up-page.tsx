import { completeSignUpInput, type NextStep } from '@latchkey/schemas';
import { useCallback, useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { Button, LinkButton } from '../ui/button.tsx';
import { AskForLinkForm } from './ask-for-link-form.tsx';
import { server } from './client.ts';
import { FormFailure, PageFailure } from './form-failure.tsx';
import { Frame, FrameSkeleton } from './frame.tsx';
import { checkLink } from './link-check.ts';
import { PersonFields } from './person-fields.tsx';
import { SecondStep } from './second-step.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';
import { UsernameField } from './username-field.tsx';

const checked = z.omit(completeSignUpInput, { token: true });
const TITLE = 'Create an account';

async function look(token: string | null) {
  const [info, link] = await Promise.all([server.server.info.query(), checkLink(token, server.signUp.check.mutate)]);
  return { info, link };
}

export function SignUpPage({ token }: { token: string | null }): ReactNode {
  const [answer, retry] = useAnswer(useCallback(() => look(token), [token]));
  if (answer.state === 'waiting') return <FrameSkeleton title={TITLE} />;
  if (answer.state === 'failed') {
    return (
      <Frame title={TITLE}>
        <PageFailure failure={answer.failure} onRetry={retry} />
      </Frame>
    );
  }
  const { info, link } = answer.data;
  if (!info.signUpOpen) return <SignUpClosed />;
  if (token === null) return <AskForAccount sendsMail={info.sendsMail} />;
  return link.valid ? <SignUpForm token={token} email={link.email ?? ''} /> : <SignUpOver />;
}

function AskForAccount({ sendsMail }: { sendsMail: boolean }): ReactNode {
  return (
    <AskForLinkForm
      title={TITLE}
      lead="We mail you a link, by which it goes on."
      sendsMail={sendsMail}
      promise="It holds a link by which you go on. It works for one hour."
      below={<SignInLink />}
      ask={server.signUp.request.mutate}
    />
  );
}

function SignUpForm({ token, email }: { token: string; email: string }): ReactNode {
  const [needed, setNeeded] = useState<NextStep | null>(null);
  const form = useSmallForm(checked, async (values) => {
    const answer = await server.signUp.complete.mutate({ ...values, token });
    if ('next' in answer) setNeeded(answer);
    else location.replace('/');
  });
  if (needed) return <SecondStep needed={needed} />;
  return (
    <Frame title={TITLE} lead={<>You will sign in as {email}.</>} below={<SignInLink />}>
      <FormFailure failure={form.failure} />
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <UsernameField email={email} />
        <PersonFields errors={form.errors} emailHint={false} />
        <Button type="submit" tone="primary" wide pending={form.pending}>
          Create account
        </Button>
      </form>
    </Frame>
  );
}

function SignUpOver(): ReactNode {
  return (
    <Frame title="This link is over" lead="It was used already, or has expired." below={<SignInLink />}>
      <LinkButton href="/sign-up" tone="primary" wide>
        Ask for a new link
      </LinkButton>
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
