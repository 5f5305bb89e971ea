export { createCookieSealer, type CookieSealer, type SessionCookie } from './cookie-sealer.ts';
export { equalDigests, sha256 } from './digests.ts';
export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { randomBase62, randomId } from './random.ts';
export { createSealer, type Sealer } from './sealer.ts';
