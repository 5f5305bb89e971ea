import type { AccountActor, Actor, AnonymousActor, Credential, Origin } from '../actors/index.ts';

/** A cookie of the server's own: what the browser sent, and what the answer does with it. */
export type BrowserCookie = {
  /** Null without one, and where it comes more than once. */
  readonly value: string | null;
  set(value: string): void;
  clear(): void;
};

/** What every procedure is handed. Services never ride in it: routers get them as arguments. */
export type CallContext = {
  origin: Origin;
  /**
   * Who is calling, found on first use and remembered for the request; anonymous without a credential.
   * Throws the problem of a credential that isn't good, or isn't good any more.
   */
  identify(): Promise<Actor>;
  sessionCookie: BrowserCookie;
  /** Lives between the steps of a sign-in. */
  signInCookie: BrowserCookie;
  /** Lives while a passkey is asked. */
  passkeyCookie: BrowserCookie;
  /** By which the browser is known. */
  deviceCookie: BrowserCookie;
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
