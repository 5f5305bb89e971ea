export { formatApiKey, looksLikeApiKey, parseApiKey, type ApiKeyParts } from './api-key.ts';
export {
  ACCESS_TOKEN_TYPE,
  judgeToken,
  verifyAccessToken,
  verifySignature,
  type Expectations,
  type KeyFinder,
  type SignedToken,
  type VerificationKey,
} from './access-token.ts';
export { challengeOf } from './challenge.ts';
export { isLoopbackHost, parseOrigin } from './origin.ts';
export { readAuthorization } from './authorization.ts';
export { TokenExpired, TokenInvalid, type TokenFault } from './token-problems.ts';
