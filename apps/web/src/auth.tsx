import './zod-without-eval.ts';

import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

import { ConsentPage } from './signed-out/consent-page.tsx';
import { DevicePage } from './signed-out/device-page.tsx';
import { EmailLinkPage, isEmailLink } from './signed-out/email-link-page.tsx';
import { takeFragmentToken } from './signed-out/fragment-token.ts';
import { InvitationPage } from './signed-out/invitation-page.tsx';
import { ResetPage } from './signed-out/reset-page.tsx';
import { SetupPage } from './signed-out/setup-page.tsx';
import { SignInPage } from './signed-out/sign-in-page.tsx';
import { SignUpPage } from './signed-out/sign-up-page.tsx';

const root = document.querySelector('#root');
if (!root) throw new Error('auth.html has no #root');

/** Taken once, before anything is drawn: a second reading would find nothing. */
const token = takeFragmentToken();

// A link pasted over an older one changes the fragment alone, which loads nothing by itself.
addEventListener('hashchange', () => location.reload());

function pageAt(path: string): ReactNode {
  if (path === '/setup') return <SetupPage token={token} />;
  if (path === '/device') return <DevicePage />;
  if (path.startsWith('/consent/')) return <ConsentPage id={path.slice('/consent/'.length)} />;
  if (path === '/invitation') return <InvitationPage token={token} />;
  if (path === '/sign-up') return <SignUpPage token={token} />;
  if (path === '/reset') return <ResetPage token={token} />;
  return isEmailLink(path) ? <EmailLinkPage path={path} token={token} /> : <SignInPage />;
}

createRoot(root).render(<StrictMode>{pageAt(location.pathname)}</StrictMode>);
