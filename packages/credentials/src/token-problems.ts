/** Why a token was refused. For logs and tests; the caller is told no more than "invalid". */
export type TokenFault =
  | 'malformed'
  | 'algorithm'
  | 'extension'
  | 'key'
  | 'signature'
  | 'type'
  | 'claims'
  | 'issuer'
  | 'audience'
  | 'bound'
  | 'not_yet';

/** A token that nobody should have sent: forged, garbled, of another kind, or meant for somebody else. */
export class TokenInvalid extends Error {
  readonly code = 'token_invalid';
  readonly fault: TokenFault;

  constructor(fault: TokenFault, cause?: unknown) {
    // The text never goes into the message: messages are logged.
    super(`The access token isn't valid: ${fault}.`, { cause });
    this.name = 'TokenInvalid';
    this.fault = fault;
  }
}

/** A token that was right in everything else, and came too late. */
export class TokenExpired extends Error {
  readonly code = 'token_expired';

  constructor() {
    super('The access token has expired.');
    this.name = 'TokenExpired';
  }
}
