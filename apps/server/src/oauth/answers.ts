import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

import { storageProblemOf } from '../storage/index.ts';

type Next = () => Promise<void>;
type Answer = { error?: string; error_description?: string };

export type AnswerNeeds = {
  /** For what failed on our side. */
  report: (error: unknown) => void;
};

/** Where the engine's answer isn't the one of the RFC, or doesn't know our database. */
export function mendAnswers(provider: Provider, { report }: AnswerNeeds): void {
  const failures = new WeakMap<object, Error>();
  provider.on('server_error', (ctx, error) => {
    failures.set(ctx.req, error);
    report(error);
  });

  provider.on('grant.error', (ctx, error) => {
    const { retryAfterSeconds } = error as { retryAfterSeconds?: number };
    if (retryAfterSeconds !== undefined) ctx.set('retry-after', String(retryAfterSeconds));
  });

  provider.use(async (ctx, next: Next) => {
    await next();
    const failure = failures.get(ctx.req);
    if (failure && storageProblemOf(failure)) answerUnavailable(ctx as unknown as KoaContextWithOIDC);
    refuseGrantType(ctx as unknown as KoaContextWithOIDC);
  });
}

/** RFC 6749 section 4.1.2.1: a database that is away comes back. */
function answerUnavailable(ctx: KoaContextWithOIDC): void {
  ctx.status = 503;
  ctx.set('retry-after', '1');
  if (ctx.type === 'application/json') ctx.body = { error: 'temporarily_unavailable' };
}

/** RFC 6749 section 5.2. The password grant isn't there at all for apps that it wasn't switched on for [P40]. */
function refuseGrantType({ oidc, status, response }: KoaContextWithOIDC): void {
  const grantType = oidc?.params?.['grant_type'];
  if (status !== 400 || typeof grantType !== 'string' || !oidc.client) return;
  if ((response.body as Answer | undefined)?.error !== 'invalid_request') return;
  if ((oidc.client as unknown as { grantTypeAllowed(type: string): boolean }).grantTypeAllowed(grantType)) return;
  const error = grantType === 'password' ? 'unsupported_grant_type' : 'unauthorized_client';
  response.body = { error, error_description: 'requested grant type is not allowed for this client' };
}
