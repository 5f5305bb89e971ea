import type { AccountActor, Actor, AnonymousActor, Credential, Origin } from '../actors/index.ts';

/** What every procedure is handed. Services never ride in it: routers get them as arguments. */
export type CallContext = {
  origin: Origin;
  /**
   * Who is calling, found on first use and remembered for the request; anonymous without a credential.
   * Throws the problem of a credential that isn't good, or isn't good any more.
   */
  identify(): Promise<Actor>;
  /** The session's cookie in the answer. */
  sessionCookie: { set(sealed: string): void; clear(): void };
  /** The cookie by which the browser is known: a new one, or with null the one that came for longer. */
  deviceCookie: { keep(newToken: string | null): void };
};

/** Somebody who sits at a browser in which they signed in. */
export type SessionActor = AccountActor & {
  kind: 'person';
  email: string;
  credential: Extract<Credential, { kind: 'session' }>;
};

export type OpenContext = { actor: AnonymousActor };
export type AccountContext = { actor: AccountActor };
export type SessionContext = { actor: SessionActor };
