import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider';

import { SECOND_MS, type Clock } from '../time/index.ts';
import { visitOf } from './visits.ts';

type Policy = typeof interactionPolicy;

/**
 * When somebody is asked to sign in or to allow something. The engine's own rules, but for the two that ask for a fresh
 * sign-in: those look at our session, which proves by its time that the person signed in after the request began.
 */
export function signInPolicy({ base, Check }: Policy, clock: Clock): ReturnType<Policy['base']> {
  const policy = base();
  const [login, consent] = [policy.get('login'), policy.get('consent')];
  if (!login || !consent) throw new Error('The engine has no login or consent prompt any more');
  // What an app's own document calls it is written down with the question, for our page.
  consent.details = async ({ oidc }) => ({ clientName: oidc.client?.clientName ?? '' });

  function signedInSince({ req, oidc }: KoaContextWithOIDC): boolean {
    const { session } = visitOf(req);
    const began = oidc.entities.Interaction?.iat;
    return session !== null && began !== undefined && session.authenticatedAtMs > Math.round(began * SECOND_MS);
  }

  function isOlderThan({ req }: KoaContextWithOIDC, seconds: number): boolean {
    const { session } = visitOf(req);
    return session === null || clock() - session.authenticatedAtMs > seconds * SECOND_MS;
  }

  const { checks } = login;
  checks.remove('login_prompt');
  checks.remove('max_age');
  checks.add(
    new Check('login_prompt', 'login prompt was not resolved', 'login_required', (ctx) =>
      ctx.oidc.prompts.has('login') ? !signedInSince(ctx) : false,
    ),
  );
  checks.add(
    new Check('max_age', 'End-User authentication could not be obtained', 'login_required', (ctx) => {
      const maxAge = ctx.oidc.params?.['max_age'];
      if (maxAge === undefined || !isOlderThan(ctx, Number(maxAge))) return false;
      return !signedInSince(ctx);
    }),
  );
  return policy;
}
