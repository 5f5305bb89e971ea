import type { ConsentQuestion } from '@latchkey/schemas';
import { TRPCClientError } from '@trpc/client';
import { useState, type ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { failureOf, type Failure } from '../words/failure.ts';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';

export type ConsentQuestionProps = {
  question: ConsentQuestion;
  /** Ends by leaving the page, or by showing something else. */
  onDecide: (allow: boolean) => Promise<void>;
  /** It takes the place of what had the focus. */
  focus?: boolean;
};

/** Who asks, for what, in whose name, and where one lands afterwards; allow or refuse. */
export function ConsentQuestionCard({ question, onDecide, focus = false }: ConsentQuestionProps): ReactNode {
  const { app, account, allows, lacks, redirectHost } = question;
  const [deciding, setDeciding] = useState<'allow' | 'refuse' | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const decide = async (allow: boolean) => {
    if (deciding) return;
    setDeciding(allow ? 'allow' : 'refuse');
    setFailure(null);
    try {
      await onDecide(allow);
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      setFailure(failureOf(error));
      setDeciding(null);
    }
  };

  return (
    <Frame title={`Allow ${app.name}?`} lead={<>You are signed in as {account}.</>} focus={focus}>
      <FormFailure failure={failure} />
      {app.documentHost && (
        <Notice tone="warn">
          <p>
            Nobody here has checked this app. Its name is its own word, given at <strong>{app.documentHost}</strong>.
            Allow it only if you started this yourself.
          </p>
        </Notice>
      )}
      <Sentences title="It could:" sentences={allows.map(({ description }) => description)} mark="may" />
      <Sentences
        title="It couldn’t:"
        sentences={['See or change your password.', ...lacks.map(lackSentence)]}
        mark="may-not"
      />
      <p className="soft">
        {redirectHost && (
          <>
            You go on to <strong>{redirectHost}</strong>.{' '}
          </>
        )}
        You can take this back at any time, under Connected apps in your account.
      </p>
      <div className="consent-buttons">
        <Button tone="primary" wide pending={deciding === 'allow'} onClick={() => void decide(true)}>
          Allow
        </Button>
        <Button wide pending={deciding === 'refuse'} onClick={() => void decide(false)}>
          Refuse
        </Button>
      </div>
    </Frame>
  );
}

function lackSentence({ description }: { description: string }): string {
  return `${description.replace(/\.$/, '')}, since you can’t either.`;
}

function Sentences({
  title,
  sentences,
  mark,
}: {
  title: string;
  sentences: readonly string[];
  mark: string;
}): ReactNode {
  if (sentences.length === 0) return null;
  return (
    <section>
      <h2 className="consent-heading">{title}</h2>
      <ul className="consent-list" data-mark={mark}>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
