export { createOneUseTokens, type OneUseTokens } from './one-use-tokens.ts';
export { factorsRouter } from './router.ts';
export { createFactors, factorOfCode, type Factors } from './service.ts';
