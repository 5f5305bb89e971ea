export { createGuessing } from './guessing.ts';
export {
  changePassword,
  confirmPassword,
  invitationsRouter,
  serverRouter,
  setupRouter,
  signInRouter,
  signUpRouter,
} from './router.ts';
export { createSignIn, type SignIn } from './service.ts';
