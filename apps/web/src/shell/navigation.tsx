import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { rpcClient } from '../rpc/client.ts';
import { useMay, useMe } from '../rpc/me.tsx';
import { Button } from '../ui/button.tsx';
import { tellFailure } from '../ui/toast.tsx';
import { failureOf } from '../words/failure.ts';
import { ACCOUNT_PLACES, CONSOLE_PLACES, openPlaces, type Place } from './places.ts';
import { ThemeSwitch } from './theme-switch.tsx';

function Places({ title, places, onGo }: { title: string; places: readonly Place[]; onGo: () => void }): ReactNode {
  if (places.length === 0) return null;
  return (
    <div className="nav-group">
      <h2>{title}</h2>
      <ul role="list">
        {places.map(({ to, label, exact = false }) => (
          <li key={to}>
            <Link to={to} className="nav-link" activeOptions={{ exact }} onClick={onGo}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

async function signOut(): Promise<void> {
  try {
    await rpcClient.session.end.mutate();
    location.assign('/sign-in');
  } catch (error) {
    const { what } = failureOf(error);
    tellFailure(`${what} You're still signed in.`);
  }
}

type NavigationProps = { name: string; onGo: () => void; onHelp: () => void };

/** The way around: at the side, or in the drawer of a phone. */
export function Navigation({ name, onGo, onHelp }: NavigationProps): ReactNode {
  const me = useMe();
  const may = useMay();
  return (
    <>
      <nav className="nav" aria-label="Pages">
        <Places title="Console" places={openPlaces(CONSOLE_PLACES, may)} onGo={onGo} />
        <Places title="Account" places={openPlaces(ACCOUNT_PLACES, may)} onGo={onGo} />
      </nav>
      <div className="nav-foot">
        <div className="nav-me">
          <strong>{me.name}</strong>
          {me.email && <span className="soft small">{me.email}</span>}
        </div>
        <ThemeSwitch name={`${name}-theme`} />
        <div className="row" data-spread="">
          <Button size="small" onClick={() => void signOut()}>
            Sign out
          </Button>
          <Button size="small" tone="quiet" onClick={onHelp}>
            Shortcuts
          </Button>
        </div>
      </div>
    </>
  );
}
