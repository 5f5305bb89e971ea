import type { ReactNode } from 'react';

import { Badge, type BadgeTone } from '../ui/badge.tsx';
import type { Credential } from './credential.ts';
import type { ApiDocument, Operation } from './document.ts';
import { FieldsList, fieldsOf } from './fields-list.tsx';
import { Prose } from './prose.tsx';
import { TryIt } from './try-it.tsx';

type OperationProps = { document: ApiDocument; operation: Operation; credential: Credential };

export function OperationView({ document, operation, credential }: OperationProps): ReactNode {
  return (
    <article className="page">
      <div className="stack" data-gap="small">
        <h1>{operation.summary}</h1>
        <p className="docs-address">
          <Method method={operation.method} />
          <code>/api/v1{operation.path}</code>
        </p>
        {operation.description && <Prose text={operation.description} />}
      </div>
      <WhoMay guard={operation['x-latchkey-guard']} />
      <Takes document={document} operation={operation} />
      <TryIt key={operation.operationId} document={document} operation={operation} credential={credential} />
      <Answers document={document} operation={operation} />
    </article>
  );
}

const TONES: Readonly<Record<string, BadgeTone>> = { GET: 'good', DELETE: 'danger' };

export function Method({ method }: { method: string }): ReactNode {
  return <Badge tone={TONES[method] ?? 'accent'}>{method}</Badge>;
}

function WhoMay({ guard }: { guard: Operation['x-latchkey-guard'] }): ReactNode {
  return (
    <section className="stack" data-gap="small">
      <h2>Who may call it</h2>
      {guard.rung === 'open' ? <p>Anybody. No credential is looked at.</p> : <Demands guard={guard} />}
    </section>
  );
}

function Demands({ guard }: { guard: Operation['x-latchkey-guard'] }): ReactNode {
  const { credentials, demands, freshWithinMs } = guard;
  return (
    <dl className="facts">
      <dt>Credential</dt>
      <dd>{credentials.map((each) => CREDENTIAL_SHORT[each]).join(', ')}</dd>
      {demands !== null && (
        <>
          <dt>{guard.rung === 'role' ? 'Role' : 'Permission'}</dt>
          <dd>
            <code>{demands}</code>
          </dd>
        </>
      )}
      {freshWithinMs !== null && (
        <>
          <dt>Fresh sign-in</dt>
          <dd>at most {freshWithinMs / 60_000} minutes old</dd>
        </>
      )}
    </dl>
  );
}

const CREDENTIAL_SHORT = { session: 'session', access_token: 'access token', api_key: 'API key' } as const;

function Takes({ document, operation }: Omit<OperationProps, 'credential'>): ReactNode {
  const parameters = (operation.parameters ?? []).map(({ name, required, schema, description, ...rest }) => ({
    name,
    required,
    schema: { ...schema, description },
    place: rest.in === 'path' ? 'in the path' : 'in the query',
  }));
  const body = operation.requestBody?.content['application/json'].schema;
  const fields = [...parameters, ...(body ? fieldsOf(document, body) : [])];
  return (
    <section className="stack" data-gap="small">
      <h2>What it takes</h2>
      {fields.length === 0 ? <p>Nothing.</p> : <FieldsList document={document} fields={fields} />}
    </section>
  );
}

function Answers({ document, operation }: Omit<OperationProps, 'credential'>): ReactNode {
  return (
    <section className="stack" data-gap="small">
      <h2>What it answers</h2>
      {Object.entries(operation.responses).map(([status, { description, content }]) => {
        const media = content?.['application/json'];
        return (
          <details key={status} className="docs-answer" open={Number(status) < 300}>
            <summary>
              <Badge tone={Number(status) < 300 ? 'good' : 'plain'}>{status}</Badge>
              <span>{Number(status) < 300 ? description : REFUSALS[status]}</span>
            </summary>
            <div className="stack" data-gap="small">
              {Number(status) >= 300 && <Prose text={description} />}
              {media && <FieldsList document={document} fields={fieldsOf(document, media.schema)} />}
              {media && (
                <pre className="code" tabIndex={0} aria-label="Example of the answer">
                  {JSON.stringify(media.example, null, 2)}
                </pre>
              )}
            </div>
          </details>
        );
      })}
    </section>
  );
}

const REFUSALS: Readonly<Record<string, string>> = {
  400: 'What was sent can’t be used',
  401: 'A good credential is missing',
  403: 'The credential isn’t enough',
  404: 'There is no such thing, for you',
  408: 'It took too long to arrive',
  409: 'It would contradict what is there',
  410: 'It was used already',
  413: 'It is too large',
  415: 'It isn’t JSON',
  429: 'Too many calls',
  500: 'Something failed on the server',
  503: 'The server can’t answer just now',
};
