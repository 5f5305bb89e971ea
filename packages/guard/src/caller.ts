/** Who a call acts as, as far as its credential says. */
export type Caller = {
  /** The account's id at Latchkey: `acc_…`. */
  readonly id: string;
  readonly roles: readonly string[];
  /** What the credential may do at your API: the same strings that you demand. */
  readonly permissions: readonly string[];
  readonly credential:
    | {
        readonly kind: 'access_token';
        readonly id: string;
        readonly expiresAtMs: number;
        /** The session of the person who signed in; null when no person did. */
        readonly sessionId: string | null;
      }
    | { readonly kind: 'api_key'; readonly id: string };
};
