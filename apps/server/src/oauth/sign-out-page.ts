import type { KoaContextWithOIDC } from 'oidc-provider';

import { plainPage, type Html } from '../http/index.ts';

/** OpenID Connect RP-Initiated Logout 1.0 section 2: whether one really wants to, since any site can send a browser here. */
export function renderSignOut(ctx: KoaContextWithOIDC): void {
  const name = ctx.oidc.client?.clientName;
  ask(ctx, {
    title: 'Sign out?',
    body: [
      name === undefined ? 'An app asks to sign you out.' : `${name} asks to sign you out.`,
      'Your session in this browser ends, and with it what apps got from it.',
    ],
    buttons: [SIGN_OUT, { text: 'Stay signed in' }],
  });
}

/** For whoever is signed out already. The engine's own page would go on by a script, which our pages may not have. */
export function renderAlreadySignedOut(ctx: KoaContextWithOIDC): void {
  ctx.set('content-security-policy', ctx.response.get('content-security-policy').replace(/ 'sha256-[^']+'/, ''));
  ask(ctx, {
    title: 'You are signed out',
    body: ['There is no session of yours in this browser.'],
    buttons: [{ ...SIGN_OUT, text: 'Go on' }],
  });
}

const SIGN_OUT = { text: 'Sign out', name: 'logout', value: 'yes' };

type Question = Pick<Html, 'title' | 'body'> & Pick<NonNullable<Html['form']>, 'buttons'>;

function ask(ctx: KoaContextWithOIDC, { buttons, ...html }: Question): void {
  const { secret, postLogoutRedirectUri } = (ctx.oidc.session?.state ?? {}) as {
    secret?: string;
    postLogoutRedirectUri?: string;
  };
  // The form ends where the app is, which the page's own policy and the origin rule have to be told.
  const origin = postLogoutRedirectUri === undefined ? '' : ` ${originOf(postLogoutRedirectUri)}`;
  const policy = ctx.response.get('content-security-policy');
  ctx.set('content-security-policy', policy.replace("form-action 'self'", `form-action 'self'${origin}`));
  ctx.set('referrer-policy', 'same-origin');
  show(ctx, { ...html, form: { action: '/oauth/sign-out/confirm', hidden: { xsrf: secret ?? '' }, buttons } });
}

export function renderSignedOut(ctx: KoaContextWithOIDC): void {
  show(ctx, { title: 'Signed out', body: ['You can close this page.'] });
}

function show(ctx: KoaContextWithOIDC, html: Html): void {
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = plainPage(html);
}

function originOf(uri: string): string {
  const url = URL.parse(uri);
  return url && url.origin !== 'null' ? url.origin : (url?.protocol ?? '');
}
