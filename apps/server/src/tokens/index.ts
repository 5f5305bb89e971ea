export { tokensRouter } from './router.ts';
export { ACCESS_TOKEN_TYPE, createTokens, type Tokens } from './service.ts';
