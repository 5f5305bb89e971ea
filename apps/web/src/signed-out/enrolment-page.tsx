import { useState, type ReactNode } from 'react';

import { NotSaved, RecoveryCodes } from '../features/factors/recovery-codes.tsx';
import { hasPasskeys } from '../passkeys/support.ts';
import { Button } from '../ui/button.tsx';
import { EnrolApp } from './enrol-app.tsx';
import { EnrolPasskey } from './enrol-passkey.tsx';
import { Frame } from './frame.tsx';
import { goOn } from './go-on.ts';

const TITLE = 'Set up a second factor';
const LEADS = {
  app: 'Scan this with your authenticator app, then enter the six digits that it shows.',
  passkey: 'Your browser asks where to keep it: on this device, a phone, or a security key.',
};

type Way = keyof typeof LEADS;
type Ways = { onDone: (codes: readonly string[]) => void };

/** For whoever has a role that wants a second factor by now, and has none: the last step before they are in. */
export function EnrolmentPage(): ReactNode {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return codes ? <CodesStep codes={codes} /> : <FactorStep onDone={setCodes} />;
}

function FactorStep({ onDone }: Ways): ReactNode {
  const ways: readonly Way[] = hasPasskeys() ? ['passkey', 'app'] : ['app'];
  const [place, setPlace] = useState(0);
  const way = ways[place % ways.length] ?? 'app';
  return (
    <Frame
      key={way}
      focus
      title={TITLE}
      lead="A role of yours needs one. It is asked for after your password."
      below={<StartAgain />}
    >
      <p>{LEADS[way]}</p>
      {way === 'app' ? <EnrolApp onDone={onDone} /> : <EnrolPasskey onDone={onDone} />}
      {ways.length > 1 && (
        <Button tone="quiet" wide onClick={() => setPlace(place + 1)}>
          {way === 'app' ? 'Use a passkey instead' : 'Use an authenticator app instead'}
        </Button>
      )}
    </Frame>
  );
}

function StartAgain(): ReactNode {
  return <a href={`/sign-in${location.search}`}>Start again</a>;
}

/** The person is signed in by now, and goes on when they say so. */
function CodesStep({ codes }: { codes: readonly string[] }): ReactNode {
  const [saved, setSaved] = useState(codes.length === 0);
  const [asked, setAsked] = useState(false);
  return (
    <Frame focus title="Save your recovery codes" lead="Each signs you in once when your phone isn't at hand.">
      <RecoveryCodes codes={codes} onSaved={() => setSaved(true)} />
      {asked && !saved && <NotSaved />}
      <Button wide onClick={() => (saved || asked ? goOn() : setAsked(true))}>
        {asked && !saved ? 'Go on without them' : 'Go on'}
      </Button>
    </Frame>
  );
}
