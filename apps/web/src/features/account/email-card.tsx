import { addressInput } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { field, Form, FormAlert, useCheckedForm } from '../../forms/form.tsx';
import { rpcClient, trpc } from '../../rpc/client.ts';
import { useSendsMail } from '../../rpc/sends-mail.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { tell, tellFailure } from '../../ui/toast.tsx';
import { failureOf } from '../../words/failure.ts';

const SENT = 'We mail a link there. Your old address is told, and can undo it for seven days.';
const KEPT = 'This server sends no mail yet. It makes a link, which whoever runs it can hand you.';

const linkWords = (email: string, sendsMail: boolean) =>
  sendsMail
    ? `We sent a link to ${email}.`
    : `The link for ${email} is in the outbox of the server. Ask whoever runs it.`;

/** Nothing changes before the link is used, so it says where that went. */
export function EmailCard(): ReactNode {
  const sendsMail = useSendsMail();
  const form = useCheckedForm(addressInput, { email: '' });
  const send = async ({ email }: { email: string }) => {
    await rpcClient.email.askToChange.mutate({ email });
    form.reset();
    tell(`${linkWords(email, sendsMail)} Your address changes when you use it.`);
  };
  return (
    <Card title="Your email address" lead="You sign in with it, and mail about your account goes there.">
      <CurrentAddress />
      <Form form={form} onSend={send} className="stack">
        <FormAlert form={form} />
        <TextField
          label="New email address"
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint={sendsMail ? SENT : KEPT}
          {...field(form, 'email')}
        />
        <div className="row">
          <Button type="submit" pending={form.formState.isSubmitting}>
            Change address
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function CurrentAddress(): ReactNode {
  const address = trpc.email.get.useQuery();
  return (
    <Loaded query={address} failed="Your address can't be shown" skeleton={<SkeletonRows rows={1} label="Loading" />}>
      {({ email, verified }) => (
        <div className="row">
          <strong>{email}</strong>
          {verified ? <Badge tone="good">Verified</Badge> : <Unverified email={email} />}
        </div>
      )}
    </Loaded>
  );
}

function Unverified({ email }: { email: string }): ReactNode {
  const sendsMail = useSendsMail();
  const ask = trpc.email.askToVerify.useMutation({
    onSuccess: () => tell(linkWords(email, sendsMail)),
    onError: (error) => {
      const { what, next } = failureOf(error);
      tellFailure(`${what} ${next}`);
    },
  });
  return (
    <>
      <Badge tone="warn">Not verified</Badge>
      <Button size="small" pending={ask.isPending} onClick={() => ask.mutate()}>
        {sendsMail ? 'Send link to verify' : 'Make link to verify'}
      </Button>
    </>
  );
}
