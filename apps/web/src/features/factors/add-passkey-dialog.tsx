import { addPasskeyInput } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { createPasskey } from '../../passkeys/create.ts';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import type { Layer } from '../../ui/use-layer.ts';
import { failureOfCode } from '../../words/failure.ts';
import { userAgentWords } from '../../words/user-agent-words.ts';
import { RecoveryCodesStep } from './recovery-codes-step.tsx';

const checked = z.omit(addPasskeyInput, { passkey: true });

/** A name, the browser's own question, then the recovery codes of whoever has none yet. */
export function AddPasskeyDialog({ layer }: { layer: Layer<true> }): ReactNode {
  const [codes, setCodes] = useState<readonly string[]>([]);
  const areShown = codes.length > 0;
  const forget = () => {
    setCodes([]);
    layer.forget();
  };
  return (
    <Dialog
      open={layer.open}
      onClose={layer.close}
      onClosed={forget}
      title={areShown ? 'Save your recovery codes' : 'Add a passkey'}
      size={areShown ? 'usual' : 'small'}
      dismissal={areShown ? 'held' : 'free'}
    >
      {areShown ? (
        <RecoveryCodesStep codes={codes} onLeave={layer.close} />
      ) : (
        <NameStep onCodes={setCodes} onLeave={layer.close} />
      )}
    </Dialog>
  );
}

type NameStepProps = { onCodes: (codes: readonly string[]) => void; onLeave: () => void };

function NameStep({ onCodes, onLeave }: NameStepProps): ReactNode {
  const utils = trpc.useUtils();
  const form = useCheckedForm(checked, { name: userAgentWords(navigator.userAgent) });
  const add = async ({ name }: { name: string }) => {
    const passkey = await createPasskey(await rpcClient.passkeys.start.mutate({}));
    if (!passkey) return form.setFailure(failureOfCode('passkey_failed'));
    const { codes } = await rpcClient.passkeys.add.mutate({ name, passkey });
    await Promise.all([utils.factors.invalidate(), utils.me.invalidate()]);
    tell('Passkey added.');
    if (codes.length > 0) onCodes(codes);
    else onLeave();
  };
  return (
    <Form form={form} onSend={add} className="dialog-form">
      <DialogBody>
        <p className="soft">Your browser asks where to keep it: on this device, a phone, or a security key.</p>
        <FormAlert form={form} />
        <TextField label="Name" hint="Tells it from your other passkeys." {...field(form, 'name')} />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Add passkey
        </Button>
      </DialogActs>
    </Form>
  );
}
