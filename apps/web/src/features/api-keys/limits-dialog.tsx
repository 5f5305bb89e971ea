import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell } from '../../ui/toast.tsx';
import { dayOf, limitsForm, limitsFormOf, updateInputOf, type LimitsForm } from './key-form.ts';
import { LimitFields } from './limit-fields.tsx';
import type { KeyDialogProps } from './rename-key-dialog.tsx';

export function LimitsDialog({ open, close, forget, apiKey }: KeyDialogProps): ReactNode {
  return (
    <Dialog open={open} onClose={close} onClosed={forget} title={`Limits of ${apiKey.name}`}>
      <LimitsStep apiKey={apiKey} onLeave={close} />
    </Dialog>
  );
}

function LimitsStep({ apiKey, onLeave }: Pick<KeyDialogProps, 'apiKey'> & { onLeave: () => void }): ReactNode {
  const utils = trpc.useUtils();
  const form = useCheckedForm(limitsForm, limitsFormOf(apiKey));
  const send = async (values: LimitsForm) => {
    await rpcClient.apiKeys.update.mutate(updateInputOf(values, apiKey));
    await utils.apiKeys.invalidate();
    onLeave();
    tell('Limits saved. They hold from the next request.');
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <TextField
          label="Last day"
          optional
          type="date"
          min={dayOf(Date.now())}
          hint="Empty: it works until someone revokes it."
          {...field(form, 'day')}
        />
        <LimitFields
          networks={field(form, 'ipAllowList')}
          rate={field(form, 'rateLimit')}
          window={field(form, 'windowSeconds')}
          quota={field(form, 'quota')}
          period={field(form, 'quotaPer')}
          windowSeconds={apiKey.rateLimit?.windowSeconds}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Save limits
        </Button>
      </DialogActs>
    </Form>
  );
}
