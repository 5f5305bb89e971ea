import { setupInput } from '@latchkey/schemas';
import { useCallback, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { Button, LinkButton } from '../ui/button.tsx';
import { clockWords } from '../words/time-words.ts';
import { server } from './client.ts';
import { FormFailure, PageFailure } from './form-failure.tsx';
import { Frame, FrameSkeleton } from './frame.tsx';
import { PersonFields } from './person-fields.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';

const checked = z.omit(setupInput, { token: true });
const NO_LINK = { valid: false, expiresAtMs: null };

/** The first key comes next, in its ordinary dialog. */
const AFTER_SETUP = '/account/api-keys?create=my-first-key';

async function look(token: string | null) {
  const [info, link] = await Promise.all([
    server.server.info.query(),
    // What can't be a token needs no call, and its refusal would read like a mistake of the reader's.
    setupInput.shape.token.safeParse(token).success && token ? server.setup.check.mutate({ token }) : NO_LINK,
  ]);
  return { needsSetup: info.needsSetup, link };
}

export function SetupPage({ token }: { token: string | null }): ReactNode {
  const [answer, retry] = useAnswer(useCallback(() => look(token), [token]));
  if (answer.state === 'waiting') return <FrameSkeleton title="Set up Latchkey" />;
  if (answer.state === 'failed') {
    return (
      <Frame title="Set up Latchkey">
        <PageFailure failure={answer.failure} onRetry={retry} />
      </Frame>
    );
  }
  const { needsSetup, link } = answer.data;
  if (token && link.valid) return <SetupForm token={token} untilMs={link.expiresAtMs} />;
  return needsSetup ? <LinkOver hadToken={token !== null} /> : <SetupDone />;
}

function SetupForm({ token, untilMs }: { token: string; untilMs: number | null }): ReactNode {
  const form = useSmallForm(checked, async (values) => {
    await server.setup.complete.mutate({ ...values, token });
    location.replace(AFTER_SETUP);
  });
  return (
    <Frame
      title="Create the first admin"
      lead="This account can do everything."
      below={untilMs !== null && `This link works once, until ${clockWords(untilMs)}.`}
    >
      <FormFailure failure={form.failure} />
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <PersonFields errors={form.errors} emailHint="Use an email that you will still have in a year." />
        <Button type="submit" tone="primary" wide pending={form.pending}>
          Create admin
        </Button>
      </form>
    </Frame>
  );
}

function LinkOver({ hadToken }: { hadToken: boolean }): ReactNode {
  const why = hadToken ? 'This link has expired, or a newer one was made.' : 'This page needs the whole set-up link.';
  return (
    <Frame title="Open a new set-up link" lead={why}>
      <p>
        {hadToken
          ? 'Restart the server: it prints a new link as long as there is no admin.'
          : 'Copy it from the server’s output, with everything after the #. If it has expired, restart the server.'}
      </p>
    </Frame>
  );
}

function SetupDone(): ReactNode {
  return (
    <Frame title="Set-up is done" lead="This server has its first admin, so the set-up link works no more.">
      <LinkButton href="/sign-in" tone="primary" wide>
        Sign in
      </LinkButton>
    </Frame>
  );
}
