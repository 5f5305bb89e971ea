import './zod-without-eval.ts';

import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

import { takeFragmentToken } from './signed-out/fragment-token.ts';
import { SignInPage } from './signed-out/sign-in-page.tsx';

const root = document.querySelector('#root');
if (!root) throw new Error('auth.html has no #root');

/** Taken once, before anything is drawn: a second reading would find nothing. */
const token = takeFragmentToken();

// A link pasted over an older one changes the fragment alone, which loads nothing by itself.
addEventListener('hashchange', () => location.reload());

/** Signing in comes at once; the other pages, which few open, with their own scripts. */
async function pageAt(path: string): Promise<ReactNode> {
  if (path === '/setup') {
    const { SetupPage } = await import('./signed-out/setup-page.tsx');
    return <SetupPage token={token} />;
  }
  if (path === '/device') {
    const { DevicePage } = await import('./signed-out/device-page.tsx');
    return <DevicePage />;
  }
  if (path.startsWith('/consent/')) {
    const { ConsentPage } = await import('./signed-out/consent-page.tsx');
    return <ConsentPage id={path.slice('/consent/'.length)} />;
  }
  return path === '/sign-in' ? <SignInPage /> : mailedPageAt(path);
}

/** Where links lead that came by mail. */
async function mailedPageAt(path: string): Promise<ReactNode> {
  if (path === '/invitation') {
    const { InvitationPage } = await import('./signed-out/invitation-page.tsx');
    return <InvitationPage token={token} />;
  }
  if (path === '/sign-up') {
    const { SignUpPage } = await import('./signed-out/sign-up-page.tsx');
    return <SignUpPage token={token} />;
  }
  if (path === '/reset') {
    const { ResetPage } = await import('./signed-out/reset-page.tsx');
    return <ResetPage token={token} />;
  }
  const { EmailLinkPage, isEmailLink } = await import('./signed-out/email-link-page.tsx');
  return isEmailLink(path) ? <EmailLinkPage path={path} token={token} /> : <SignInPage />;
}

createRoot(root).render(<StrictMode>{await pageAt(location.pathname)}</StrictMode>);
