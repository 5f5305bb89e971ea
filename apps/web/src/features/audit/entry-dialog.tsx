import type { AuditEntry } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { Fact } from '../../ui/fact.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { numberWords } from '../../words/time-words.ts';
import { NO_FILTER } from './audit-search.ts';
import { EntryDetails } from './entry-details.tsx';
import { actorWords, actWords, credentialWords, targetKindWords } from './entry-words.ts';

type EntryDialogProps = { entry: AuditEntry | null; open: boolean; onClose: () => void; onClosed: () => void };

/** One entry in full. It is kept while the dialog closes, so that it doesn't empty before it goes. */
export function EntryDialog({ entry, open, onClose, onClosed }: EntryDialogProps): ReactNode {
  return (
    <Dialog open={open} onClose={onClose} onClosed={onClosed} title={entry ? actWords(entry) : ''} size="wide">
      {entry && <Entry entry={entry} onGo={onClose} />}
    </Dialog>
  );
}

function Entry({ entry, onGo }: { entry: AuditEntry; onGo: () => void }): ReactNode {
  const { number, act, atMs, address, requestId, details } = entry;
  return (
    <DialogBody>
      <dl className="facts">
        <Fact name="When">
          <ExactTime atMs={atMs} />{' '}
          <span className="soft">
            (<RelativeTime atMs={atMs} />)
          </span>
        </Fact>
        <Fact name="Who">
          <Actor entry={entry} onGo={onGo} />
        </Fact>
        <Fact name="To what">
          <Target entry={entry} onGo={onGo} />
        </Fact>
        <Fact name="Address">
          {address ? <code className="mono">{address}</code> : <span className="soft">No address</span>}
        </Fact>
        <Fact name="Request id">
          {requestId ? <code className="mono">{requestId}</code> : <span className="soft">No request</span>}
        </Fact>
        <Fact name="Act">
          <code className="mono">{act}</code>
        </Fact>
      </dl>
      <section className="stack" data-gap="small">
        <h3>Details</h3>
        <EntryDetails details={details} />
      </section>
      <Place number={number} digest={entry.digest} />
    </DialogBody>
  );
}

function Actor({ entry, onGo }: { entry: AuditEntry; onGo: () => void }): ReactNode {
  const { actor, credential } = entry;
  return (
    <>
      {actorWords(entry)} {credentialWords(entry)}
      {credential && <code className="cell-sub mono">{credential.id}</code>}
      {actor.id && (
        <span className="entry-links">
          <AccountLink id={actor.id} kind={actor.kind} onGo={onGo} />
          <Link to="/console/audit" search={{ ...NO_FILTER, actorId: actor.id }} onClick={onGo}>
            All they did
          </Link>
        </span>
      )}
    </>
  );
}

function Target({ entry, onGo }: { entry: AuditEntry; onGo: () => void }): ReactNode {
  const { target } = entry;
  if (!target) return <span className="soft">Nothing in particular</span>;
  return (
    <>
      {targetKindWords(target.kind)} {target.name}
      <code className="cell-sub mono">{target.id}</code>
      <span className="entry-links">
        {target.kind === 'account' && <AccountLink id={target.id} kind={kindOf(target)} onGo={onGo} />}
        <Link to="/console/audit" search={{ ...NO_FILTER, targetId: target.id }} onClick={onGo}>
          All that was done to it
        </Link>
      </span>
    </>
  );
}

/** An entry calls people by their address and service accounts by their name; sessions, which have no name there, are people's. */
function kindOf({ name }: { name: string | null }): 'person' | 'service' {
  return name === null || name.includes('@') ? 'person' : 'service';
}

function AccountLink({ id, kind, onGo }: { id: string; kind: string; onGo: () => void }): ReactNode {
  const to = kind === 'service' ? '/console/service-accounts/$id' : '/console/people/$id';
  return (
    <Link to={to} params={{ id }} onClick={onGo}>
      Open the account
    </Link>
  );
}

/** The digest binds the entry to all before it: whoever copies it can tell later whether the log was changed. */
function Place({ number, digest }: { number: number; digest: string }): ReactNode {
  const text = useRef<HTMLElement>(null);
  return (
    <section className="stack" data-gap="small">
      <h3>Place in the chain</h3>
      <p className="soft small">
        Entry {numberWords(number)}. Its digest covers it and every entry before it, so no change goes unseen.
      </p>
      <code className="code" ref={text}>
        {digest}
      </code>
      <div className="row">
        <CopyButton text={digest} shownIn={text} label="Copy digest" size="small" />
      </div>
    </section>
  );
}
