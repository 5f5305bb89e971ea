import { Outlet, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';

import { trpc } from '../rpc/client.ts';
import { MeProvider, useCan, useMay, useMe } from '../rpc/me.tsx';
import { MayOpenDenials } from '../ui/denial-note.tsx';
import { Brand } from '../ui/brand.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Toasts } from '../ui/toast.tsx';
import { ConfirmItsYou } from './confirm-its-you.tsx';
import { Drawer } from './drawer.tsx';
import { FactorNotice } from './factor-notice.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Navigation } from './navigation.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { ACCOUNT_PLACES, CONSOLE_PLACES, openPlaces, type Place } from './places.ts';
import { goToRow } from '../ui/rows.ts';
import { useShortcut } from '../ui/shortcuts.ts';

/** Everything around a signed-in page. */
export function Shell(): ReactNode {
  const reader = useWhoReads();
  const shell = (
    <Loaded query={reader} failed="Latchkey can't be shown" skeleton={<ShellSkeleton />}>
      {(data) => (
        <MeProvider {...data}>
          <Frame />
        </MeProvider>
      )}
    </Loaded>
  );
  return reader.data === undefined && reader.error ? <WithoutShell>{shell}</WithoutShell> : shell;
}

/** Who reads, and what each call will ask of them: one request for both. Guards stay as they are while a server runs. */
function useWhoReads() {
  const me = trpc.me.get.useQuery();
  const guards = trpc.accessMatrix.guards.useQuery(undefined, { staleTime: Infinity, refetchOnWindowFocus: false });
  return {
    data: me.data && guards.data ? { me: me.data, guards: guards.data } : undefined,
    error: me.error ?? guards.error,
    isPending: me.isPending || guards.isPending,
    refetch: () => Promise.all([me.refetch(), guards.refetch()]),
  };
}

/** A page of its own, for what is said while nobody knows who reads. */
function WithoutShell({ children }: { children: ReactNode }): ReactNode {
  return (
    <main className="main">
      <h1 className="visually-hidden">Latchkey</h1>
      {children}
    </main>
  );
}

function Frame(): ReactNode {
  const [help, setHelp] = useState(false);
  const main = useFocusAfterNavigation();
  const mayOpenDenials = useCan('denials.get');
  const { secondFactorDueAtMs } = useMe();
  useShortcut('?', 'Show this help', () => setHelp(true));
  useShortcut('/', 'Search', () => document.querySelector<HTMLElement>('[data-search]')?.focus());
  useShortcut('j', 'Next row', () => goToRow(1));
  useShortcut('k', 'Row before', () => goToRow(-1));
  const navigation = (name: string, onGo: () => void) => (
    <Navigation
      name={name}
      onGo={onGo}
      onHelp={() => {
        onGo();
        setHelp(true);
      }}
    />
  );
  return (
    <MayOpenDenials value={mayOpenDenials}>
      <div className="shell">
        <a className="skip-link" href="#main">
          Skip to the content
        </a>
        <header className="sidebar">
          <Brand href="/" />
          {navigation('side', () => undefined)}
        </header>
        <header className="topbar">
          <Brand href="/" />
          <Drawer>{(close) => navigation('drawer', close)}</Drawer>
        </header>
        <main id="main" className="main" ref={main} tabIndex={-1}>
          <OfflineBanner />
          {secondFactorDueAtMs !== undefined && <FactorNotice dueAtMs={secondFactorDueAtMs} />}
          <Outlet />
        </main>
        <GoShortcuts />
        <HelpDialog open={help} onClose={() => setHelp(false)} />
        <ConfirmItsYou />
        <Toasts />
      </div>
    </MayOpenDenials>
  );
}

function GoShortcuts(): ReactNode {
  const may = useMay();
  return openPlaces([...CONSOLE_PLACES, ...ACCOUNT_PLACES], may).map((place) => <Go key={place.to} place={place} />);
}

function Go({ place }: { place: Place }): ReactNode {
  const navigate = useNavigate();
  useShortcut(`g ${place.letter}`, `Go to ${place.label}`, () => void navigate({ to: place.to }));
  return null;
}

/** A new page is announced by moving the focus to it; a filter in the URL isn't a new page. */
function useFocusAfterNavigation() {
  const router = useRouter();
  const main = useRef<HTMLElement>(null);
  useEffect(
    () =>
      router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
        if (pathChanged && fromLocation) main.current?.focus({ preventScroll: true });
      }),
    [router],
  );
  return main;
}

function ShellSkeleton(): ReactNode {
  return (
    <div className="shell">
      <header className="sidebar">
        <Brand href="/" />
      </header>
      <header className="topbar">
        <Brand href="/" />
      </header>
      <main className="main">
        <OfflineBanner />
        <h1 className="visually-hidden">Latchkey</h1>
        <SkeletonRows rows={6} label="Loading" />
      </main>
    </div>
  );
}
