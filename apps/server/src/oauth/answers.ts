import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

import { problemBody, problemHeaders, problemOfError } from '../http/index.ts';
import type { Problem } from '../problems/index.ts';
import type { SettingsService } from '../settings/index.ts';
import { storageProblemOf } from '../storage/index.ts';
import { renderError } from './error-page.ts';
import type { Introspection } from './introspection.ts';
import { renderAlreadySignedOut } from './sign-out-page.ts';

type Next = () => Promise<void>;
type Answer = { error?: string; error_description?: string };

export type AnswerNeeds = {
  introspection: Introspection;
  settings: Pick<SettingsService, 'get'>;
  /** For what failed on our side. */
  report: (error: unknown) => void;
};

/** Where the engine's answer isn't the one of the RFC, or doesn't know our database. */
export function mendAnswers(provider: Provider, { introspection, settings, report }: AnswerNeeds): void {
  const failures = new WeakMap<object, Error>();
  provider.on('server_error', (ctx, error) => {
    failures.set(ctx.req, error);
    report(error);
  });

  provider.on('grant.error', (ctx, error) => {
    const { retryAfterSeconds } = error as { retryAfterSeconds?: number };
    if (retryAfterSeconds !== undefined) ctx.set('retry-after', String(retryAfterSeconds));
  });

  // Whatever the engine didn't turn into an answer of its own, and whatever fails after it.
  provider.use(async (ctx, next: Next) => {
    try {
      await next();
    } catch (error) {
      if (isRefusal(error)) return answerRefusal(ctx as unknown as KoaContextWithOIDC, error);
      report(error);
      answerProblem(ctx as unknown as KoaContextWithOIDC, problemOfError(error));
    }
  });

  provider.use(async (ctx, next: Next) => {
    await next();
    const failure = failures.get(ctx.req);
    if (failure && storageProblemOf(failure)) answerUnavailable(ctx as unknown as KoaContextWithOIDC);
    refuseGrantType(ctx as unknown as KoaContextWithOIDC);
    leaveScriptsOut(ctx as unknown as KoaContextWithOIDC);
    await offerNoMore(ctx as unknown as KoaContextWithOIDC, settings);
    await completeTokenAnswer(ctx as unknown as KoaContextWithOIDC, introspection);
  });
}

/** The engine's own error, from where it doesn't look for any: when it keeps its session, after the answer was made. */
type Refusal = Required<Answer> & { statusCode: number };

function isRefusal(error: unknown): error is Refusal {
  const { statusCode, error: code } = error as Partial<Refusal>;
  return typeof code === 'string' && statusCode === 400;
}

function answerRefusal(ctx: KoaContextWithOIDC, { error, error_description }: Refusal): void {
  ctx.status = 400;
  renderError(ctx, { error, error_description });
}

function answerProblem(ctx: KoaContextWithOIDC, problem: Problem): void {
  const body = problemBody(problem, ctx.response.get('x-request-id'));
  ctx.status = body.status;
  ctx.set(problemHeaders(problem));
  ctx.type = 'application/problem+json';
  ctx.body = JSON.stringify(body);
}

/** RFC 6749 section 4.1.2.1: a database that is away comes back. */
function answerUnavailable(ctx: KoaContextWithOIDC): void {
  ctx.status = 503;
  ctx.set('retry-after', '1');
  if (ctx.type === 'application/json') ctx.body = { error: 'temporarily_unavailable' };
}

/** Whoever is signed out is asked nothing, but has to press what a script would. */
function leaveScriptsOut(ctx: KoaContextWithOIDC): void {
  const { oidc, status } = ctx;
  if (oidc?.route === 'end_session' && status === 200 && oidc.session?.accountId === undefined)
    renderAlreadySignedOut(ctx);
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

/** The metadata without what an admin hasn't switched on, or has switched off, and without what our page policy forbids. */
async function offerNoMore({ oidc, response }: KoaContextWithOIDC, settings: AnswerNeeds['settings']): Promise<void> {
  if (oidc?.route !== 'discovery' || response.status !== 200) return;
  const metadata = response.body as { grant_types_supported?: string[] };
  const { describedAppsAllowed } = await settings.get();
  response.body = {
    ...metadata,
    grant_types_supported: metadata.grant_types_supported?.filter((each) => each !== 'password'),
    response_modes_supported: ['query', 'fragment'],
    client_id_metadata_document_supported: describedAppsAllowed || undefined,
  };
}

/** The app is authenticated, and the engine knows no more of the token. */
async function completeTokenAnswer(ctx: KoaContextWithOIDC, introspection: Introspection): Promise<void> {
  const { oidc, response } = ctx;
  const { error, active } = (response.body ?? {}) as { error?: string; active?: boolean };
  const isUnknown = error === 'unsupported_token_type';
  if (oidc?.route === 'introspection' && (isUnknown || active === false)) await introspection.answer(ctx);
  if (oidc?.route === 'revocation' && isUnknown) await introspection.revoke(ctx);
}
