import { useRef, useState, type FormEvent, type ReactNode } from 'react';

import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextAreaField, TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { CREDENTIAL_WORDS, curlLine, send, type Answer, type Credential } from './credential.ts';
import type { ApiDocument, Operation, Parameter } from './document.ts';

type TryItProps = { document: ApiDocument; operation: Operation; credential: Credential };

type Outcome = { kind: 'none' } | { kind: 'sending' } | { kind: 'unreachable' } | { kind: 'answered'; answer: Answer };

/** A form for the call, the same call for a shell, and what the server answered. */
export function TryIt({ document, operation, credential }: TryItProps): ReactNode {
  const { parameters = [], requestBody, method } = operation;
  const [values, setValues] = useState<Record<string, string>>({});
  const [body, setBody] = useState(() => bodyToBegin(operation));
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const call = { method, path: pathWith(operation.path, parameters, values), body: requestBody ? body : null };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setOutcome({ kind: 'sending' });
    // Browsers reject with a TypeError where no answer comes.
    const answer = await send(credential, call).catch(() => null);
    setOutcome(answer ? { kind: 'answered', answer } : { kind: 'unreachable' });
  };
  return (
    <section className="card">
      <form className="card-inside" onSubmit={(event) => void submit(event)}>
        <h2>Try it</h2>
        {parameters.map((parameter) => (
          <TextField
            key={parameter.name}
            label={parameter.name}
            hint={parameter.description}
            optional={!parameter.required}
            required={parameter.required}
            placeholder={exampleText(parameter)}
            autoComplete="off"
            spellCheck={false}
            value={values[parameter.name] ?? ''}
            onChange={(event) => setValues({ ...values, [parameter.name]: event.target.value })}
          />
        ))}
        {requestBody && (
          <TextAreaField
            label="Body"
            hint="JSON"
            rows={Math.min(12, body.split('\n').length)}
            spellCheck={false}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        )}
        <Curl line={curlLine(credential, document.servers[0].url, call)} />
        <div className="row">
          <Button type="submit" tone="primary" pending={outcome.kind === 'sending'}>
            Send
          </Button>
          <span className="soft small">
            Calls this server for real. With: {CREDENTIAL_WORDS[credential.kind].toLowerCase()}.
          </span>
        </div>
        <div role="status" aria-label="Answer">
          {outcome.kind === 'unreachable' && <Notice tone="danger">No answer came. Check the connection.</Notice>}
          {outcome.kind === 'answered' && <AnswerView answer={outcome.answer} />}
        </div>
      </form>
    </section>
  );
}

function Curl({ line }: { line: string }): ReactNode {
  const shown = useRef<HTMLElement>(null);
  return (
    <div className="stack" data-gap="small">
      <code className="code" ref={shown}>
        {line}
      </code>
      <div className="row">
        <CopyButton text={line} shownIn={shown} label="Copy curl" size="small" />
      </div>
    </div>
  );
}

function AnswerView({ answer }: { answer: Answer }): ReactNode {
  return (
    <div className="stack" data-gap="small">
      <div className="row">
        <Badge tone={answer.status < 300 ? 'good' : 'danger'}>{answer.status}</Badge>
        <span className="soft small">{answer.ms} ms</span>
      </div>
      <dl className="facts small">
        {answer.headers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {answer.body && (
        <pre className="code" tabIndex={0} aria-label="Body of the answer">
          {answer.body}
        </pre>
      )}
    </div>
  );
}

/** What it can't do without, or where it needs nothing, all that it takes. */
function bodyToBegin({ requestBody }: Operation): string {
  const { schema, example } = requestBody?.content['application/json'] ?? {};
  return JSON.stringify(example, schema?.required ?? null, 2) ?? '';
}

function exampleText({ example }: Parameter): string {
  return typeof example === 'string' ? example : JSON.stringify(example);
}

/** Names of the path filled in, and the rest in the query; what was left empty isn't sent. */
function pathWith(path: string, parameters: readonly Parameter[], values: Readonly<Record<string, string>>): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] ? encodeURIComponent(values[name]) : whole,
  );
  const query = new URLSearchParams(
    parameters.flatMap(({ name, in: place }) => (place === 'query' && values[name] ? [[name, values[name]]] : [])),
  ).toString();
  return query ? `${filled}?${query}` : filled;
}
