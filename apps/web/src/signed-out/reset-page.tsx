import { resetPasswordInput, type NextStep } from '@latchkey/schemas';
import { useCallback, useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { Button, LinkButton } from '../ui/button.tsx';
import { NewPasswordField } from '../ui/new-password-field.tsx';
import { AskForLinkForm } from './ask-for-link-form.tsx';
import { server } from './client.ts';
import { FormFailure, PageFailure } from './form-failure.tsx';
import { Frame, FrameSkeleton } from './frame.tsx';
import { checkLink } from './link-check.ts';
import { SecondStep } from './second-step.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';
import { UsernameField } from './username-field.tsx';

const checked = z.omit(resetPasswordInput, { token: true });
const TITLE = 'Choose a new password';
const FORGOTTEN = 'Forgot your password?';
const askServer = () => server.server.info.query();
const look = (token: string) => checkLink(token, server.passwordReset.check.mutate);

const signInLink = <a href="/sign-in">Back to sign in</a>;

export function ResetPage({ token }: { token: string | null }): ReactNode {
  return token === null ? <AskForReset /> : <ResetByLink token={token} />;
}

function AskForReset(): ReactNode {
  const [answer, retry] = useAnswer(askServer);
  if (answer.state === 'waiting') return <FrameSkeleton title={FORGOTTEN} />;
  if (answer.state === 'failed') {
    return (
      <Frame title={FORGOTTEN}>
        <PageFailure failure={answer.failure} onRetry={retry} />
      </Frame>
    );
  }
  return (
    <AskForLinkForm
      title={FORGOTTEN}
      lead="We mail you a link by which you choose a new one."
      sendsMail={answer.data.sendsMail}
      promise="If there is an account with this address, it holds a link that works for one hour."
      below={signInLink}
      ask={server.passwordReset.request.mutate}
    />
  );
}

function ResetByLink({ token }: { token: string }): ReactNode {
  const [answer, retry] = useAnswer(useCallback(() => look(token), [token]));
  if (answer.state === 'waiting') return <FrameSkeleton title={TITLE} />;
  if (answer.state === 'failed') {
    return (
      <Frame title={TITLE}>
        <PageFailure failure={answer.failure} onRetry={retry} />
      </Frame>
    );
  }
  const { valid, email } = answer.data;
  return valid ? <ResetForm token={token} email={email ?? ''} /> : <ResetOver />;
}

function ResetForm({ token, email }: { token: string; email: string }): ReactNode {
  const [needed, setNeeded] = useState<NextStep | null>(null);
  const form = useSmallForm(checked, async (values) => {
    const answer = await server.passwordReset.complete.mutate({ ...values, token });
    if ('next' in answer) setNeeded(answer);
    else location.replace('/');
  });
  if (needed) return <SecondStep needed={needed} />;
  return (
    <Frame title={TITLE} lead={<>For {email}. All your sessions end, and you sign in here.</>} below={signInLink}>
      <FormFailure failure={form.failure} />
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <UsernameField email={email} />
        <NewPasswordField label="New password" name="password" autoFocus error={form.errors.password} />
        <Button type="submit" tone="primary" wide pending={form.pending}>
          Change password
        </Button>
      </form>
    </Frame>
  );
}

function ResetOver(): ReactNode {
  return (
    <Frame title="This link is over" lead="It was used already, or has expired." below={signInLink}>
      <LinkButton href="/reset" tone="primary" wide>
        Ask for a new link
      </LinkButton>
    </Frame>
  );
}
