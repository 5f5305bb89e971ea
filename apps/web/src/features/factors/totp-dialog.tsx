import { confirmTotpInput, type TotpEnrolment } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import type { Layer } from '../../ui/use-layer.ts';
import { tell } from '../../ui/toast.tsx';
import { AppSecret } from './app-secret.tsx';
import { RecoveryCodesStep } from './recovery-codes-step.tsx';

const checked = z.omit(confirmTotpInput, { enrolment: true });

/** The picture and the first code, then the recovery codes of whoever has none yet. */
export function TotpDialog({ layer }: { layer: Layer<TotpEnrolment> }): ReactNode {
  const [codes, setCodes] = useState<readonly string[]>([]);
  const utils = trpc.useUtils();
  const finish = async (made: readonly string[]) => {
    await Promise.all([utils.factors.invalidate(), utils.me.invalidate()]);
    tell('Authenticator app added.');
    if (made.length > 0) setCodes(made);
    else layer.close();
  };
  const forget = () => {
    setCodes([]);
    layer.forget();
  };
  const areShown = codes.length > 0;
  return (
    <Dialog
      open={layer.open}
      onClose={layer.close}
      onClosed={forget}
      title={areShown ? 'Save your recovery codes' : 'Add an authenticator app'}
      dismissal={areShown ? 'held' : 'free'}
    >
      {areShown && <RecoveryCodesStep codes={codes} onLeave={layer.close} />}
      {!areShown && layer.subject && <ScanStep enrolment={layer.subject} onConfirmed={finish} onLeave={layer.close} />}
    </Dialog>
  );
}

type ScanStepProps = {
  enrolment: TotpEnrolment;
  onConfirmed: (codes: readonly string[]) => Promise<void>;
  onLeave: () => void;
};

function ScanStep({ enrolment: { secret, uri, enrolment }, onConfirmed, onLeave }: ScanStepProps): ReactNode {
  const form = useCheckedForm(checked, { code: '' });
  const send = async ({ code }: { code: string }) => {
    const { codes } = await rpcClient.factors.confirmTotp.mutate({ enrolment, code });
    await onConfirmed(codes);
  };
  return (
    <Form form={form} onSend={send} className="dialog-form" fieldOf={{ second_factor_failed: 'code' }}>
      <DialogBody>
        <p>Scan this with your authenticator app, then enter the six digits that it shows.</p>
        <FormAlert form={form} />
        <AppSecret secret={secret} uri={uri} />
        <TextField
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          {...field(form, 'code')}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Add app
        </Button>
      </DialogActs>
    </Form>
  );
}
