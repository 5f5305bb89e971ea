import { TRPCClientError } from '@trpc/client';
import { useState, type ReactNode } from 'react';

import { signWithPasskey } from '../passkeys/sign.ts';
import { Button } from '../ui/button.tsx';
import { failureOf, failureOfCode, type Failure } from '../words/failure.ts';
import { server } from './client.ts';
import { FormFailure } from './form-failure.tsx';
import { goOn } from './go-on.ts';
import { TrustChoice } from './trust-choice.tsx';

async function confirm(trustDevice: boolean): Promise<boolean> {
  const passkey = await signWithPasskey(await server.signIn.askSecondPasskey.mutate({}));
  if (!passkey) return false;
  await server.signIn.secondPasskey.mutate({ passkey, trustDevice });
  return true;
}

/** The passkey as second factor. It is asked for by a press: browsers want one. */
export function SecondPasskey(): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  const [trust, setTrust] = useState(false);
  const use = async () => {
    setPending(true);
    setFailure(null);
    try {
      if (await confirm(trust)) return goOn();
      setFailure(failureOfCode('passkey_failed'));
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      setFailure(failureOf(error));
    }
    setPending(false);
  };
  return (
    <>
      <FormFailure failure={failure} />
      <TrustChoice checked={trust} onChange={(event) => setTrust(event.currentTarget.checked)} />
      <Button tone="primary" wide autoFocus pending={pending} onClick={() => void use()}>
        Use passkey
      </Button>
    </>
  );
}
