export { createGuessing } from './guessing.ts';
export { createPendings, PENDING_LIFETIME_MS } from './pending.ts';
export { createReset, type Reset } from './reset.ts';
export {
  changePassword,
  confirmSession,
  invitationsRouter,
  passwordResetRouter,
  serverRouter,
  setupRouter,
  signInRouter,
  signUpRouter,
} from './router.ts';
export { createSignIn, type SignIn } from './service.ts';
export { createSignUp, type SignUp } from './sign-up.ts';
export type { Visitor } from './gate.ts';
