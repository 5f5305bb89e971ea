import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { Brand } from '../ui/brand.tsx';
import { Button } from '../ui/button.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { EmptyState } from '../ui/state.tsx';
import { AuthorizeDialog } from './authorize-dialog.tsx';
import { CREDENTIAL_WORDS, type Credential } from './credential.ts';
import { loadDocument, operationsOf, type ApiDocument, type Operation } from './document.ts';
import { OperationList } from './operation-list.tsx';
import { OperationView } from './operation-view.tsx';
import { Prose } from './prose.tsx';

type Loaded = { kind: 'loading' } | { kind: 'failed' } | { kind: 'there'; document: ApiDocument };

/** The REST interface, read off `/api/v1/openapi.json`: its chapters, and the operation that the address names after its `#`. */
export function DocsPage(): ReactNode {
  const [loaded, setLoaded] = useState<Loaded>({ kind: 'loading' });
  const load = () => {
    setLoaded({ kind: 'loading' });
    loadDocument().then(
      (document) => setLoaded({ kind: 'there', document }),
      () => setLoaded({ kind: 'failed' }),
    );
  };
  useEffect(load, []);
  if (loaded.kind === 'there') return <Docs document={loaded.document} />;
  return (
    <main className="docs-main">
      <h1>REST API</h1>
      {loaded.kind === 'loading' ? (
        <SkeletonRows rows={8} label="Loading" />
      ) : (
        <EmptyState
          icon="alert"
          title="The documentation can't be shown"
          action={<Button onClick={load}>Retry</Button>}
        >
          The server gave no answer. Check the connection, then try again.
        </EmptyState>
      )}
    </main>
  );
}

function Docs({ document: api }: { document: ApiDocument }): ReactNode {
  const operations = useMemo(() => operationsOf(api), [api]);
  const shownId = useFragment();
  const shown = operations.find(({ operationId }) => operationId === shownId) ?? null;
  const [credential, setCredential] = useState<Credential>({ kind: 'none' });
  const main = useFocusOnChange(shown);
  const list = <OperationList document={api} operations={operations} shown={shown?.operationId ?? null} />;
  return (
    <div className="docs">
      <header className="docs-head">
        <Brand href="/" />
        <a href="#">REST API</a>
        <Authorize credential={credential} onChosen={setCredential} />
      </header>
      <aside className="docs-side" aria-label="All operations">
        {list}
      </aside>
      <main className="docs-main" ref={main} tabIndex={-1}>
        {shown ? (
          <OperationView document={api} operation={shown} credential={credential} />
        ) : (
          <Overview document={api} operations={operations} />
        )}
      </main>
    </div>
  );
}

function Overview({
  document: api,
  operations,
}: {
  document: ApiDocument;
  operations: readonly Operation[];
}): ReactNode {
  return (
    <article className="page">
      <h1>REST API</h1>
      <div className="stack">
        <Prose text={api.info.description} />
        <p>
          The same as a document for programs: <a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1).
        </p>
      </div>
      <ul className="docs-fields" role="list">
        {api.tags.map(({ name, description }) => (
          <li key={name}>
            <strong>{name}</strong>
            <Prose text={description} />
            <p className="soft small">{operations.filter(({ tags }) => tags[0] === name).length} operations</p>
          </li>
        ))}
      </ul>
    </article>
  );
}

type AuthorizeButtonProps = { credential: Credential; onChosen: (credential: Credential) => void };

function Authorize({ credential, onChosen }: AuthorizeButtonProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <div className="row docs-authorize">
      <span className="soft small">{CREDENTIAL_WORDS[credential.kind]}</span>
      <Button size="small" onClick={() => setOpen(true)}>
        Authorize
      </Button>
      {open && (
        <AuthorizeDialog
          credential={credential}
          onClose={() => setOpen(false)}
          onChosen={(chosen) => {
            onChosen(chosen);
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}

const fragment = () => decodeURIComponent(location.hash.slice(1));

function useFragment(): string {
  const [shown, setShown] = useState(fragment);
  useEffect(() => {
    const change = () => setShown(fragment());
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return shown;
}

/** A new operation is read from its start, by eye and by screen reader. */
function useFocusOnChange(shown: Operation | null) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    document.title = `${shown?.summary ?? 'REST API'} · Latchkey`;
    if (before.current === shown) return;
    before.current = shown;
    main.current?.focus();
    main.current?.scrollIntoView({ block: 'start' });
  }, [shown]);
  return main;
}
