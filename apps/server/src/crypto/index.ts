export { base32 } from './base32.ts';
export { createCookieSealer, type CookieSealer, type SessionCookie } from './cookie-sealer.ts';
export { equalDigests, sha256 } from './digests.ts';
export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { randomBase62, randomId, randomText } from './random.ts';
export { createSealer, type Sealer } from './sealer.ts';
export { totpCode, totpStepOf } from './totp.ts';
