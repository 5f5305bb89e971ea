import { confirmTotpInput } from '@latchkey/schemas';
import { useCallback, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { AppSecret } from '../features/factors/app-secret.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { server } from './client.ts';
import { FormFailure, PageFailure } from './form-failure.tsx';
import { useSmallForm } from './small-form.ts';
import { useAnswer } from './use-answer.ts';

const checked = z.omit(confirmTotpInput, { enrolment: true });

type Done = { onDone: (codes: readonly string[]) => void };

/** The authenticator app's picture, and its first code. */
export function EnrolApp({ onDone }: Done): ReactNode {
  const [answer, retry] = useAnswer(useCallback(() => server.signIn.startTotp.mutate({}), []));
  if (answer.state === 'waiting') return <SkeletonRows rows={4} label="Loading" />;
  if (answer.state === 'failed') return <PageFailure failure={answer.failure} onRetry={retry} />;
  return (
    <>
      <AppSecret {...answer.data} />
      <CodeForm enrolment={answer.data.enrolment} onDone={onDone} />
    </>
  );
}

function CodeForm({ enrolment, onDone }: Done & { enrolment: string }): ReactNode {
  const form = useSmallForm(checked, async ({ code }) => {
    const { codes } = await server.signIn.confirmTotp.mutate({ enrolment, code });
    onDone(codes);
  });
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit}>
      <FormFailure failure={form.failure} />
      <TextField
        label="Code"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        error={form.errors.code}
      />
      <Button type="submit" tone="primary" wide pending={form.pending}>
        Add app and sign in
      </Button>
    </form>
  );
}
