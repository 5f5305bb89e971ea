import { rotateApiKeyInput, type ApiKey } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';
import * as z from 'zod/mini';

import { Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient } from '../../rpc/client.ts';
import { Button } from '../../ui/button.tsx';
import { RadioGroup } from '../../ui/choice.tsx';
import { DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { exactWords } from '../../words/time-words.ts';
import { EarlierSecret } from './earlier-secret.tsx';
import type { NewSecret } from './secret-step.tsx';

const SECOND_MS = 1000;

const GRACES = [
  { value: '0', label: 'Now' },
  { value: '3600', label: 'In 1 hour' },
  { value: '86400', label: 'In 24 hours' },
  { value: '604800', label: 'In 7 days' },
] as const;
type Grace = (typeof GRACES)[number]['value'];

function graceWords(grace: Grace, nowMs: number): string {
  if (grace === '0') return 'Requests with the old secret fail at once.';
  return `Both secrets work until ${exactWords(nowMs + Number(grace) * SECOND_MS)}.`;
}

type RotateStepProps = { apiKey: ApiKey; onMade: (made: NewSecret) => void; onLeave: () => void };

export function RotateStep({ apiKey, onMade, onLeave }: RotateStepProps): ReactNode {
  const form = useCheckedForm(z.pick(rotateApiKeyInput, { id: true }), { id: apiKey.id });
  const [grace, setGrace] = useState<Grace>('86400');
  const [nowMs] = useState(() => Date.now());
  const send = async () => {
    onMade(await rpcClient.apiKeys.rotate.mutate({ id: apiKey.id, graceSeconds: Number(grace) }));
  };
  return (
    <Form form={form} onSend={send} className="dialog-form">
      <DialogBody>
        <FormAlert form={form} />
        <p className="soft">The key gets a new secret. Its name, permissions and limits stay.</p>
        <EarlierSecret untilMs={apiKey.previousSecretUntilMs} />
        <RadioGroup
          legend="The old secret ends"
          options={GRACES}
          value={grace}
          onChange={setGrace}
          hint={graceWords(grace, nowMs)}
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Rotate key
        </Button>
      </DialogActs>
    </Form>
  );
}
