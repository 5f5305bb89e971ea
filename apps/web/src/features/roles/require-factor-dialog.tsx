import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { trpc } from '../../rpc/client.ts';
import { useMe } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioGroup } from '../../ui/choice.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { tell } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';
import { startsAtMs, startWords, STARTS, type Start } from './factor-words.ts';

type RequireFactorProps = {
  role: string;
  /** How many have none, as far as it is known. */
  known: string;
  onClose: () => void;
};

/** From when on people with the role need a second factor, and what that does. */
export function RequireFactorDialog({ open, onClose, ...form }: RequireFactorProps & { open: boolean }): ReactNode {
  return (
    <Dialog open={open} onClose={onClose} title={`Require a second factor for ${form.role}`} size="small">
      <RequireFactorForm {...form} onClose={onClose} />
    </Dialog>
  );
}

function RequireFactorForm({ role, known, onClose }: RequireFactorProps): ReactNode {
  const cache = trpc.useUtils();
  const [nowMs] = useState(() => Date.now());
  const [start, setStart] = useState<Start>('14');
  const [day, setDay] = useState('');
  const atMs = startsAtMs(start, day, nowMs);
  const update = trpc.roles.update.useMutation({
    onSuccess: async () => {
      onClose();
      tell(`${role} requires a second factor.`);
      await Promise.all([cache.roles, cache.me, cache.audit].map((each) => each.invalidate()));
    },
  });
  return (
    <div className="dialog-form">
      <DialogBody>
        {update.error && <FailureAlert failure={failureOf(update.error)} />}
        <p>{known}</p>
        <OwnNotice role={role} />
        <RadioGroup
          legend="From when on"
          layout="pills"
          options={STARTS}
          value={start}
          onChange={setStart}
          hint={startWords(atMs, nowMs)}
        />
        {start === 'date' && (
          <TextField label="First day" type="date" value={day} onChange={({ target }) => setDay(target.value)} />
        )}
      </DialogBody>
      <DialogActs>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          tone="primary"
          off={atMs === null}
          pending={update.isPending}
          onClick={() => update.mutate({ name: role, secondFactorFromMs: atMs })}
        >
          Require it
        </Button>
      </DialogActs>
    </div>
  );
}

function OwnNotice({ role }: { role: string }): ReactNode {
  const { roles } = useMe();
  const security = trpc.factors.security.useQuery();
  if (!roles.includes(role) || !security.data) return null;
  const { totp, passkeys } = security.data;
  if (totp || passkeys.length > 0) return null;
  return (
    <Notice tone="warn">
      <p>You have this role and no second factor yet. You will set yours up like everybody else.</p>
    </Notice>
  );
}
