import { TRPCClientError } from '@trpc/client';
import { useEffect, useRef, useState } from 'react';

import { hasPasskeys } from '../passkeys/support.ts';
import { failureOf, failureOfCode, type Failure } from '../words/failure.ts';
import { server } from './client.ts';
import { goOn } from './go-on.ts';

const ceremonies = () => import('../passkeys/ceremonies.ts');

export type PasskeyUse = { isThere: boolean; pending: boolean; failure: Failure | null; use: () => void };

/** True when somebody is signed in by it. */
async function signIn(autofill: boolean): Promise<boolean> {
  const { signWithPasskey } = await ceremonies();
  const passkey = await signWithPasskey(await server.signIn.askPasskey.mutate({}), autofill);
  if (!passkey) return false;
  await server.signIn.passkey.mutate({ passkey });
  return true;
}

async function canFillIn(): Promise<boolean> {
  return hasPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

/** A passkey in the place of email and password: from what the email field offers, or by a button. */
export function usePasskey(): PasskeyUse {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = async (autofill: boolean) => {
    setFailure(null);
    try {
      if (await signIn(autofill)) goOn();
      else if (!autofill) setFailure(failureOfCode('passkey_failed'));
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      setFailure(failureOf(error));
    }
    if (!autofill) setPending(false);
  };
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void canFillIn().then((can) => (can ? attempt(true) : undefined));
  }, []);
  const use = () => {
    if (pending) return;
    setPending(true);
    void attempt(false);
  };
  return { isThere: hasPasskeys(), pending, failure, use };
}
