import { addressInput } from '@latchkey/schemas';
import { useState, type ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { FormFailure } from './form-failure.tsx';
import { Frame } from './frame.tsx';
import { useSmallForm } from './small-form.ts';
import { useWait, WaitNotice } from './wait.tsx';

export type AskForLinkProps = {
  title: string;
  lead: string;
  sendsMail: boolean;
  /** What the message will hold, for whoever it reaches. */
  promise: string;
  below: ReactNode;
  ask: (input: { email: string }) => Promise<unknown>;
};

const KEPT = 'This server sends no mail yet. It makes a link, which whoever runs it can hand you.';

/** One field: the address that a link goes to. What follows is the same whether there is an account or not. */
export function AskForLinkForm(props: AskForLinkProps): ReactNode {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useSmallForm(addressInput, async (values) => {
    await props.ask(values);
    setSentTo(values.email);
  });
  const wait = useWait(form.failure);
  const { sendsMail } = props;
  if (sentTo !== null) return sendsMail ? <LinkSent {...props} to={sentTo} /> : <LinkKept {...props} to={sentTo} />;
  return (
    <Frame title={props.title} lead={sendsMail ? props.lead : KEPT} below={props.below}>
      {wait ? <WaitNotice wait={wait} /> : <FormFailure failure={form.failure} />}
      <form className="stack" noValidate onSubmit={form.onSubmit}>
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          error={form.errors.email}
        />
        <Button type="submit" tone="primary" wide pending={form.pending} off={(wait?.leftSeconds ?? 0) > 0}>
          {sendsMail ? 'Send link' : 'Make link'}
        </Button>
      </form>
    </Frame>
  );
}

type ForAddress = AskForLinkProps & { to: string };

function LinkKept({ to, promise, below }: ForAddress): ReactNode {
  return (
    <Frame title="Ask for your link" below={below} focus>
      <p>
        This server sends no mail yet. Ask whoever runs it for the message to <strong>{to}</strong>: it is in the outbox
        of the server. {promise}
      </p>
    </Frame>
  );
}

function LinkSent({ to, promise, below }: ForAddress): ReactNode {
  return (
    <Frame title="Look into your mail" below={below} focus>
      <p>
        We sent a message to <strong>{to}</strong>. {promise}
      </p>
      <p className="soft">Nothing there after some minutes? Look into the spam folder, and check the address.</p>
    </Frame>
  );
}
