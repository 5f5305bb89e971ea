import { TRPCClientError } from '@trpc/client';
import { useState, type ReactNode } from 'react';

import { createPasskey } from '../passkeys/create.ts';
import { Button } from '../ui/button.tsx';
import { failureOf, failureOfCode, type Failure } from '../words/failure.ts';
import { userAgentWords } from '../words/user-agent-words.ts';
import { server } from './client.ts';
import { FormFailure } from './form-failure.tsx';

/** The codes, or what went wrong. */
async function enrol(): Promise<readonly string[] | Failure> {
  try {
    const passkey = await createPasskey(await server.signIn.startPasskey.mutate({}));
    if (!passkey) return failureOfCode('passkey_failed');
    const name = userAgentWords(navigator.userAgent);
    return (await server.signIn.addPasskey.mutate({ name, passkey })).codes;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    return failureOf(error);
  }
}

/** It is called after the browser; the page Security renames it. */
export function EnrolPasskey({ onDone }: { onDone: (codes: readonly string[]) => void }): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  const add = async () => {
    setPending(true);
    setFailure(null);
    const outcome = await enrol();
    if (!('code' in outcome)) return onDone(outcome);
    setFailure(outcome);
    setPending(false);
  };
  return (
    <>
      <FormFailure failure={failure} />
      <Button tone="primary" wide pending={pending} onClick={() => void add()}>
        Add passkey and sign in
      </Button>
    </>
  );
}
