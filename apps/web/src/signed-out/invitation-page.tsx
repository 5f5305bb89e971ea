import { acceptInvitationInput, type NextStep } from '@latchkey/schemas';
import { useCallback, useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { Button, LinkButton } from '../ui/button.tsx';
import { server } from './client.ts';
import { FormFailure, PageFailure } from './form-failure.tsx';
import { Frame, FrameSkeleton } from './frame.tsx';
import { checkLink } from './link-check.ts';
import { PersonFields } from './person-fields.tsx';
import { SecondStep } from './second-step.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';
import { UsernameField } from './username-field.tsx';

const checked = z.omit(acceptInvitationInput, { token: true });
const look = (token: string | null) => checkLink(token, server.invitations.check.mutate);

export function InvitationPage({ token }: { token: string | null }): ReactNode {
  const [answer, retry] = useAnswer(useCallback(() => look(token), [token]));
  if (answer.state === 'waiting') return <FrameSkeleton title="Accept your invitation" />;
  if (answer.state === 'failed') {
    return (
      <Frame title="Accept your invitation">
        <PageFailure failure={answer.failure} onRetry={retry} />
      </Frame>
    );
  }
  const { valid, email } = answer.data;
  return token && valid ? <AcceptForm token={token} email={email ?? ''} /> : <InvitationOver />;
}

function AcceptForm({ token, email }: { token: string; email: string }): ReactNode {
  const [needed, setNeeded] = useState<NextStep | null>(null);
  const form = useSmallForm(checked, async (values) => {
    const answer = await server.invitations.accept.mutate({ ...values, token });
    if ('next' in answer) setNeeded(answer);
    else location.replace('/');
  });
  if (needed) return <SecondStep needed={needed} />;
  return (
    <Frame title="Accept your invitation" lead={<>You will sign in as {email}.</>}>
      <FormFailure failure={form.failure} />
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <UsernameField email={email} />
        <PersonFields errors={form.errors} emailHint={false} />
        <Button type="submit" tone="primary" wide pending={form.pending}>
          Accept invitation
        </Button>
      </form>
    </Frame>
  );
}

function InvitationOver(): ReactNode {
  return (
    <Frame
      title="This invitation is over"
      lead="It was used already, or has expired. Ask the person who invited you for a new one."
    >
      <LinkButton href="/sign-in" wide>
        Sign in
      </LinkButton>
    </Frame>
  );
}
