import { TRPCClientError } from '@trpc/client';
import { useEffect, useState } from 'react';

import { signWithPasskey } from '../passkeys/sign.ts';
import { hasPasskeys } from '../passkeys/support.ts';
import { failureOf, failureOfCode, type Failure } from '../words/failure.ts';
import { server } from './client.ts';
import { goOn } from './go-on.ts';

/** A challenge is good for five minutes, and a page may stand open for longer. */
const AGAIN_MS = 4 * 60_000;

export type PasskeyUse = { isThere: boolean; pending: boolean; failure: Failure | null; use: () => void };

/** What went wrong; null where somebody is signed in, or where the autofill was ended. */
async function signIn(autofill?: AbortSignal): Promise<Failure | null> {
  try {
    const asked = await server.signIn.askPasskey.mutate({}, autofill && { signal: autofill });
    const passkey = await signWithPasskey(asked, autofill);
    if (!passkey) return autofill ? null : failureOfCode('passkey_failed');
    await server.signIn.passkey.mutate({ passkey });
    goOn();
    return null;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    return autofill?.aborted ? null : failureOf(error);
  }
}

/** Offers passkeys in the email field until what it returns is called. */
function offer(onFailure: (failure: Failure | null) => void): () => void {
  let autofill = new AbortController();
  const begin = async () => {
    autofill.abort();
    autofill = new AbortController();
    if (await PublicKeyCredential.isConditionalMediationAvailable?.()) onFailure(await signIn(autofill.signal));
  };
  const timer = setInterval(() => void begin(), AGAIN_MS);
  void begin();
  return () => {
    clearInterval(timer);
    autofill.abort();
  };
}

/** A passkey in the place of email and password: from what the email field offers, or by a button. */
export function usePasskey(): PasskeyUse {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  const isThere = hasPasskeys();
  useEffect(
    () => (isThere && !pending ? offer((failed) => failed && setFailure(failed)) : undefined),
    [isThere, pending],
  );
  const use = async () => {
    if (pending) return;
    setPending(true);
    setFailure(null);
    const failed = await signIn();
    setFailure(failed);
    // Signed in, the page is about to be left.
    if (failed) setPending(false);
  };
  return { isThere, pending, failure, use: () => void use() };
}
