import { deviceInput, type ConsentQuestion } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { Button, LinkButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { signInHref } from '../words/next-path.ts';
import { server } from './client.ts';
import { ConsentQuestionCard } from './consent-question.tsx';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';
import { useSmallForm } from './small-form.ts';

type Step =
  | { at: 'code' }
  | { at: 'question'; userCode: string; question: ConsentQuestion }
  | { at: 'done'; allowed: boolean };

/** A device without a browser shows a code; here its owner allows what it asks. */
export function DevicePage(): ReactNode {
  const [step, setStep] = useState<Step>({ at: 'code' });
  if (step.at === 'done') return <Done allowed={step.allowed} />;
  if (step.at === 'code') {
    return <CodeForm onFound={(userCode, question) => setStep({ at: 'question', userCode, question })} />;
  }
  const decide = async (allow: boolean) => {
    await server.device.decide.mutate({ userCode: step.userCode, allow });
    setStep({ at: 'done', allowed: allow });
  };
  return <ConsentQuestionCard question={step.question} onDecide={decide} focus />;
}

type CodeFormProps = { onFound: (userCode: string, question: ConsentQuestion) => void };

function CodeForm({ onFound }: CodeFormProps): ReactNode {
  const form = useSmallForm(deviceInput, async ({ userCode }) => {
    onFound(userCode, await server.device.find.mutate({ userCode }));
  });
  const isSignedOut = form.failure?.code === 'credential_missing' || form.failure?.code === 'session_ended';
  return (
    <Frame title="Connect a device" lead="Enter the code that your device shows.">
      <FormFailure failure={form.failure} />
      {isSignedOut && <LinkButton href={signInHref(location)}>Sign in</LinkButton>}
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <TextField
          label="Code"
          name="userCode"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          autoFocus
          defaultValue={new URLSearchParams(location.search).get('user_code') ?? ''}
          hint="Eight letters, such as BCDF-GHJK. Enter only a code that you can see on your own device."
          error={form.errors.userCode}
        />
        <Button type="submit" tone="primary" wide pending={form.pending}>
          Go on
        </Button>
      </form>
    </Frame>
  );
}

function Done({ allowed }: { allowed: boolean }): ReactNode {
  return (
    <Frame
      title={allowed ? 'Device connected' : 'Device refused'}
      lead={allowed ? 'Go back to your device: it goes on by itself.' : 'The device gets nothing.'}
      focus
    >
      <p>
        <a href="/account/apps">Connected apps</a>
      </p>
    </Frame>
  );
}
