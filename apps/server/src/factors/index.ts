export { CHALLENGE_LIFETIME_MS } from './challenges.ts';
export { createOneUseTokens, type OneUseTokens } from './one-use-tokens.ts';
export { createPasskeys, type Owner, type Passkeys } from './passkeys.ts';
export { factorsRouter, passkeysRouter, userFactorsRouter } from './router.ts';
export { canOpenTotpSecrets, resealTotpSecrets } from './sealed-secrets.ts';
export { createFactors, factorOfCode, type AddFactor, type Factors } from './service.ts';
