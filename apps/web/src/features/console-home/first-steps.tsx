import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';

import { trpc } from '../../rpc/client.ts';
import { useMay } from '../../rpc/me.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card } from '../../ui/page.tsx';
import { wasAuditSeen } from '../audit/seen.ts';
import { ANY_KEY_INPUT, ANY_PERSON_INPUT } from './inputs.ts';

const STORED_AS = 'latchkey-first-steps';
const areOver = () => localStorage.getItem(STORED_AS) === 'over';
const endThem = () => localStorage.setItem(STORED_AS, 'over');

type Step = { to: string; label: string; why: string; done: boolean | undefined };

/** The way into a new server. Gone for good once it is walked or put away; a server that is in use never shows it. */
export function FirstSteps(): ReactNode {
  const [hidden, setHidden] = useState(areOver);
  const may = useMay();
  const mayAll = may('apiKeys.create') && may('users.create') && may('audit.list');
  return !hidden && mayAll && <Checklist onHide={() => setHidden(true)} />;
}

function useSteps(): readonly Step[] {
  const keys = trpc.apiKeys.list.useQuery(ANY_KEY_INPUT);
  const people = trpc.users.list.useQuery(ANY_PERSON_INPUT);
  return [
    {
      to: '/console/api-keys',
      label: 'Make an API key',
      why: 'It lets a program call in your name, or in its own.',
      done: keys.data && keys.data.items.length > 0,
    },
    {
      to: '/console/people',
      label: 'Invite somebody',
      why: 'A second admin can help when you are locked out.',
      done: people.data && people.data.items.length > 1,
    },
    {
      to: '/console/audit',
      label: 'Look at the audit log',
      why: 'Everything that changes here is written down.',
      done: wasAuditSeen(),
    },
  ];
}

function Checklist({ onHide }: { onHide: () => void }): ReactNode {
  const steps = useSteps();
  const allDone = steps.every(({ done }) => done);
  // Walked to the end: they stand there ticked this once, and are gone with the next visit.
  useEffect(() => {
    if (allDone) endThem();
  }, [allDone]);
  const hide = () => {
    endThem();
    onHide();
  };
  return (
    <Card
      title="First steps"
      action={
        <Button size="small" tone="quiet" onClick={hide}>
          Hide these steps
        </Button>
      }
    >
      <ol className="steps" role="list">
        {steps.map((step) => (
          <StepLine key={step.to} step={step} />
        ))}
      </ol>
    </Card>
  );
}

function StepLine({ step: { to, label, why, done } }: { step: Step }): ReactNode {
  return (
    <li data-done={done || undefined}>
      <span className="step-mark">{done && <Icon name="check" size={16} />}</span>
      <div>
        <Link to={to}>{label}</Link>
        <span className="visually-hidden">{done === undefined ? '' : done ? ' (done)' : ' (to do)'}</span>
        <span className="cell-sub">{why}</span>
      </div>
    </li>
  );
}
