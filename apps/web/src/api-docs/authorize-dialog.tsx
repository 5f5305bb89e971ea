import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { RadioGroup } from '../ui/choice.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { CREDENTIAL_WORDS, send, type Credential } from './credential.ts';

export type AuthorizeProps = {
  credential: Credential;
  onChosen: (credential: Credential) => void;
  onClose: () => void;
};

const KINDS = Object.keys(CREDENTIAL_WORDS) as Credential['kind'][];

/** Chooses what "Try it" sends along, and asks the server whether it is good. */
export function AuthorizeDialog({ credential, onChosen, onClose }: AuthorizeProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [kind, setKind] = useState(credential.kind);
  const [text, setText] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const isTyped = kind === 'api_key' || kind === 'access_token';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const chosen = isTyped ? { kind, text: text.trim() } : { kind };
    const refused = kind === 'none' ? null : await refusalOf(chosen);
    setRefusal(refused);
    if (refused !== null) return;
    // Closed rather than taken away, it gives the focus back.
    dialog.current?.close();
    onChosen(chosen);
  };
  return (
    <dialog className="docs-dialog" ref={dialog} aria-labelledby="authorize-title" onClose={onClose}>
      <form className="card-inside" onSubmit={(event) => void submit(event)}>
        <h2 id="authorize-title">Authorize</h2>
        {refusal && (
          <Notice tone="danger" role="alert">
            {refusal}
          </Notice>
        )}
        <RadioGroup
          legend="What “Try it” sends along"
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: CREDENTIAL_WORDS[value] }))}
        />
        {isTyped && (
          <TextField
            label={kind === 'api_key' ? 'Key' : 'Token'}
            hint="Kept in this page’s memory alone, until you leave it."
            type="password"
            autoComplete="off"
            required
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <div className="row">
          <Button type="submit" tone="primary">
            Use it
          </Button>
          <Button onClick={() => dialog.current?.close()}>Cancel</Button>
        </div>
      </form>
    </dialog>
  );
}

/** What `GET /me` says against it; null where it is good. */
async function refusalOf(credential: Credential): Promise<string | null> {
  const answer = await send(credential, { method: 'GET', path: '/me', body: null }).catch(() => null);
  if (answer === null) return 'No answer came. Check the connection.';
  if (answer.status === 200) return null;
  return credential.kind === 'session'
    ? 'You aren’t signed in here. Sign in, then come back.'
    : (JSON.parse(answer.body) as { detail: string }).detail;
}
