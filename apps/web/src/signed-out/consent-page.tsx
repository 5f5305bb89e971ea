import type { ConsentQuestion } from '@latchkey/schemas';
import { useCallback, type ReactNode } from 'react';

import { PageFailure } from './form-failure.tsx';
import { server } from './client.ts';
import { ConsentQuestionCard } from './consent-question.tsx';
import { Frame, FrameSkeleton } from './frame.tsx';
import { useAnswer } from './use-answer.ts';

/** A request belongs to the session in which it was made: whoever isn't in it any more can't answer it. */
const OVER: ReadonlySet<string> = new Set(['not_found', 'input_invalid', 'credential_missing', 'session_ended']);

/** An app that sent the browser here wants to act for whoever is signed in. */
export function ConsentPage({ id }: { id: string }): ReactNode {
  const [answer, retry] = useAnswer(useCallback(() => server.consent.get.query({ id }), [id]));
  if (answer.state === 'waiting') return <FrameSkeleton title="An app asks for access" />;
  if (answer.state === 'here') return <Decision id={id} question={answer.data} />;
  const { failure } = answer;
  return OVER.has(failure.code) ? (
    <RequestOver />
  ) : (
    <Frame title="An app asks for access">
      <PageFailure failure={failure} onRetry={retry} />
    </Frame>
  );
}

function Decision({ id, question }: { id: string; question: ConsentQuestion }): ReactNode {
  const decide = async (allow: boolean) => {
    const { next } = await server.consent.decide.mutate({ id, allow });
    // The engine's own step, which ends at the app.
    location.replace(next);
  };
  return <ConsentQuestionCard question={question} onDecide={decide} />;
}

function RequestOver(): ReactNode {
  return (
    <Frame
      title="This request is over"
      lead="It was answered already, has expired, or began in another browser. Go back to the app and start again."
    >
      <p>
        <a href="/account">Your account</a>
      </p>
    </Frame>
  );
}
