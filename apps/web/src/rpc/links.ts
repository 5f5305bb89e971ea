import type { OperationResultEnvelope, TRPCClientError, TRPCLink } from '@trpc/client';
import { observable, type Observer, type Unsubscribable } from '@trpc/server/observable';

import { problemOf } from '../words/failure.ts';
import { signInHref } from '../words/next-path.ts';
import { confirmItsYou } from './freshness.ts';
import type { AppRouter } from './router-types.ts';

type Answers = Observer<OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>, TRPCClientError<AppRouter>>;

/** A page without a session has nothing to show, so it goes to sign in and comes back. */
export const signInAgainLink: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) =>
    observable((answers: Answers) => {
      let call: Unsubscribable;
      const leave = (failure: TRPCClientError<AppRouter>) => {
        location.assign(signInHref(location));
        answers.error(failure);
      };
      const ask = (whenEnded: (failure: TRPCClientError<AppRouter>) => void) => {
        call = next(op).subscribe({
          ...answers,
          error(failure) {
            const code = problemOf(failure)?.code;
            if (code === 'session_ended') whenEnded(failure);
            else if (code === 'credential_missing') leave(failure);
            else answers.error(failure);
          },
        });
      };
      // A confirmation gives the session another cookie, and a call that was under way still carried the one before.
      ask(() => ask(leave));
      return () => call.unsubscribe();
    });

/** Lists go on by their cursor alone. The query client also says in which direction, which the server would refuse. */
export const keysetLink: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) => {
    const { input } = op;
    if (typeof input !== 'object' || input === null || !('direction' in input)) return next(op);
    const { direction: _, ...asked } = input;
    return next({ ...op, input: asked });
  };

/** Asks for the password where the server wants a fresher sign-in, then makes the same call again. */
export const freshnessLink: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) =>
    observable((answers: Answers) => {
      let call: Unsubscribable;
      const again = async (failure: TRPCClientError<AppRouter>) => {
        if (await confirmItsYou()) call = next(op).subscribe(answers);
        else answers.error(failure);
      };
      call = next(op).subscribe({
        ...answers,
        error(failure) {
          if (problemOf(failure)?.code === 'fresh_sign_in_needed') void again(failure);
          else answers.error(failure);
        },
      });
      return () => call.unsubscribe();
    });
