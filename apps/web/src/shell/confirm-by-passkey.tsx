import { TRPCClientError } from '@trpc/client';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import { FailureAlert } from '../forms/failure-alert.tsx';
import { signWithPasskey } from '../passkeys/sign.ts';
import { rpcClient } from '../rpc/client.ts';
import { Button } from '../ui/button.tsx';
import { DialogActs, DialogBody } from '../ui/dialog.tsx';
import { failureOf, failureOfCode, type Failure } from '../words/failure.ts';
import type { WayProps } from './confirm-way.ts';

export function ConfirmByPasskey({ send, onLeave, onOtherWay }: WayProps): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  const use = async () => {
    setPending(true);
    setFailure(null);
    try {
      const passkey = await signWithPasskey(await rpcClient.passkeys.ask.mutate({}));
      if (passkey) await send({ passkey });
      else setFailure(failureOfCode('passkey_failed'));
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      setFailure(failureOf(error));
    }
    setPending(false);
  };
  return (
    <>
      <DialogBody>
        <p className="soft">You signed in a while ago. Use your passkey, then this goes on by itself.</p>
        {failure && <FailureAlert failure={failure} />}
      </DialogBody>
      <DialogActs>
        {onOtherWay && (
          <Button tone="quiet" onClick={onOtherWay}>
            Use another way
          </Button>
        )}
        <Button onClick={onLeave}>Cancel</Button>
        <Button ref={button} tone="primary" pending={pending} onClick={() => void use()}>
          Use passkey
        </Button>
      </DialogActs>
    </>
  );
}
