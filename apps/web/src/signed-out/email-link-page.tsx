import { linkInput } from '@latchkey/schemas';
import { TRPCClientError } from '@trpc/client';
import { useState, type ReactNode } from 'react';

import { Button, LinkButton } from '../ui/button.tsx';
import { failureOf, type Failure } from '../words/failure.ts';
import { server } from './client.ts';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';
import { useAnswer } from './use-answer.ts';

type Words = {
  title: string;
  lead: string;
  act: string;
  use: (input: { token: string }) => Promise<{ email: string }>;
  done: string;
  /** After the address. */
  after: string;
  /** Instead, where no mail goes out. */
  kept?: string;
};

/** Links that do one thing. A button does it, since programs that look through mail open links too. */
const LINKS: Readonly<Record<string, Words>> = {
  '/verify-email': {
    title: 'Verify your email address',
    lead: 'One press, and we know that mail reaches you.',
    act: 'Verify address',
    use: server.email.verify.mutate,
    done: 'Your address is verified',
    after: 'receives your mail.',
  },
  '/change-email': {
    title: 'Use this email address',
    lead: 'From then on you sign in with it. A message to your old address can undo it for seven days.',
    act: 'Use this address',
    use: server.email.change.mutate,
    done: 'Your address is changed',
    after: 'is what you sign in with now.',
  },
  '/undo-email': {
    title: 'Take your address back',
    lead: 'All sessions, API keys and connected apps end, and password and passkeys work no more. You come back by a new link.',
    act: 'Take my address back',
    use: server.email.takeBack.mutate,
    done: 'Your address is back',
    after: 'gets a link now by which you choose a new password.',
    kept: 'has a link to choose a new password, in the outbox of the server, which sends no mail yet. Ask whoever runs it.',
  },
};

export const isEmailLink = (path: string): boolean => Object.hasOwn(LINKS, path);

export function EmailLinkPage({ path, token }: { path: string; token: string | null }): ReactNode {
  const words = LINKS[path];
  const [email, setEmail] = useState<string | null>(null);
  if (!words) return null;
  if (email !== null) return <Done words={words} email={email} />;
  if (token === null || !linkInput.shape.token.safeParse(token).success) return <LinkOver />;
  return <UseLink words={words} token={token} onUsed={setEmail} />;
}

type UseLinkProps = { words: Words; token: string; onUsed: (email: string) => void };

function UseLink({ words, token, onUsed }: UseLinkProps): ReactNode {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  if (failure?.code === 'link_used') return <LinkOver />;
  const use = async () => {
    setPending(true);
    setFailure(null);
    try {
      onUsed((await words.use({ token })).email);
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      setFailure(failureOf(error));
      setPending(false);
    }
  };
  return (
    <Frame title={words.title} lead={words.lead}>
      <FormFailure failure={failure} />
      <Button tone="primary" wide autoFocus pending={pending} onClick={() => void use()}>
        {words.act}
      </Button>
    </Frame>
  );
}

const askServer = () => server.server.info.query();

function Done({ words, email }: { words: Words; email: string }): ReactNode {
  const [info] = useAnswer(askServer);
  const isKept = info.state === 'here' && !info.data.sendsMail;
  return (
    <Frame title={words.done} focus>
      <p>
        <strong>{email}</strong> {(isKept && words.kept) || words.after}
      </p>
      <LinkButton href="/" wide>
        Go on
      </LinkButton>
    </Frame>
  );
}

function LinkOver(): ReactNode {
  return (
    <Frame
      title="This link is over"
      lead="It was used already, a newer one was made, or it has expired. Ask for a new one from your profile."
      focus
    >
      <LinkButton href="/account/profile" wide>
        Open your profile
      </LinkButton>
    </Frame>
  );
}
