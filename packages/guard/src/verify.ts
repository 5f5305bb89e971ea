import { createAccessTokens } from './access-tokens.ts';
import { createApiKeys } from './api-keys.ts';
import type { Caller } from './caller.ts';
import { refusalOf, type Demand } from './demand.ts';
import { createAskLatchkey } from './latchkey.ts';
import { settingsOf, type GuardOptions } from './options.ts';
import { findProblem, GuardProblem } from './problems.ts';
import { readCredential, type GuardedRequest } from './request.ts';
import { createSigningKeys } from './signing-keys.ts';

export type { Caller } from './caller.ts';
export type { Demand, PermissionName } from './demand.ts';
export type { GuardOptions, Introspection } from './options.ts';
export { findProblem, GuardProblem, type GuardProblemBody, type GuardProblemCode } from './problems.ts';
export type { GuardedRequest, RequestHeaders } from './request.ts';

export type Verified = { ok: true; caller: Caller } | { ok: false; problem: GuardProblem };

export type Verifier = {
  /** Who calls, when they may; else the refusal, which says how to answer. Whatever else is thrown is a bug. */
  verify(request: GuardedRequest, demand?: Demand): Promise<Verified>;
  /** The same for those who would rather catch: throws the `GuardProblem`. */
  requireCaller(request: GuardedRequest, demand?: Demand): Promise<Caller>;
};

/** For servers of any kind: whatever has headers can be verified. Throws `TypeError` for options that can't be meant. */
export function createVerifier(options: GuardOptions): Verifier {
  const settings = settingsOf(options);
  const ask = createAskLatchkey(settings);
  const byToken = createAccessTokens(createSigningKeys(ask, settings).find, settings);
  const byApiKey = settings.introspection && createApiKeys(ask, settings.introspection, settings.clock);

  async function identify(request: GuardedRequest): Promise<Caller> {
    const { kind, text } = readCredential(request);
    if (kind === 'access_token') return byToken(text);
    if (byApiKey === null) throw new GuardProblem('credential_not_accepted');
    return byApiKey(text, request.ip);
  }

  async function requireCaller(request: GuardedRequest, demand: Demand = {}): Promise<Caller> {
    const caller = await identify(request);
    const refusal = refusalOf(demand, caller);
    if (refusal) throw refusal;
    return caller;
  }

  async function verify(request: GuardedRequest, demand?: Demand): Promise<Verified> {
    try {
      return { ok: true, caller: await requireCaller(request, demand) };
    } catch (error) {
      const problem = findProblem(error);
      if (problem === null) throw error;
      return { ok: false, problem };
    }
  }

  return { verify, requireCaller };
}
