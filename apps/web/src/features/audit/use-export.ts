import { useEffect, useRef, useState } from 'react';

import { rpcClient } from '../../rpc/client.ts';
import { saveFile } from '../../ui/save-file.ts';
import { tell } from '../../ui/toast.tsx';
import { failureOf, type Failure } from '../../words/failure.ts';
import { countWords } from '../../words/time-words.ts';
import { auditInput, type AuditSearch } from './audit-search.ts';
import type { ExportFormat } from './export-format.ts';

/** As many as the server gives at once. */
const PAGE_LENGTH = 100;

/** A file in the making. */
type Export = {
  format: ExportFormat;
  asked: ReturnType<typeof auditInput>;
  cursor: string | undefined;
  parts: BlobPart[];
  read: number;
  /** When the last entry that was read was made: they come newest first. */
  backToMs: number | null;
  stop: AbortController;
};

export type Progress = Pick<Export, 'read' | 'backToMs'> & { failure: Failure | null };

/** Reads all that fits the filters, page by page, into a file. After a failure it goes on where it was. */
export function useExport() {
  const [progress, setProgress] = useState<Progress | null>(null);
  const current = useRef<Export>(null);
  const end = () => {
    current.current?.stop.abort();
    current.current = null;
    setProgress(null);
  };
  useEffect(() => () => current.current?.stop.abort(), []);
  const readOn = async (mine: Export) => {
    const show = (failure: Failure | null) => setProgress({ read: mine.read, backToMs: mine.backToMs, failure });
    if (mine.read > 0) show(null);
    try {
      do {
        await readPage(mine);
        // What fits into one page is there before anybody could read how far it is.
        if (mine.cursor !== undefined) show(null);
      } while (mine.cursor !== undefined);
      save(mine);
      end();
    } catch (error) {
      if (!mine.stop.signal.aborted) show(failureOf(error));
    }
  };
  const begin = (format: ExportFormat, search: AuditSearch) => {
    end();
    const parts = [format.head];
    const asked = auditInput(search);
    current.current = { format, asked, parts, cursor: undefined, read: 0, backToMs: null, stop: new AbortController() };
    void readOn(current.current);
  };
  const goOn = () => current.current && void readOn(current.current);
  return { progress, begin, goOn, end };
}

async function readPage(mine: Export): Promise<void> {
  const { format, asked, cursor, parts, stop } = mine;
  const input = { ...asked, cursor, limit: PAGE_LENGTH };
  const { items, nextCursor } = await rpcClient.audit.list.query(input, { signal: stop.signal });
  stop.signal.throwIfAborted();
  // The browser keeps a Blob outside of the page's memory.
  parts.push(new Blob([format.textOf(items)]));
  mine.read += items.length;
  mine.backToMs = items.at(-1)?.atMs ?? mine.backToMs;
  mine.cursor = nextCursor ?? undefined;
}

function save({ format, parts, read }: Export): void {
  if (read === 0) return tell('No entry fits the filters, so there is no file.');
  const day = new Date().toISOString().slice(0, 10);
  saveFile(`latchkey-audit-${day}.${format.ending}`, format.mediaType, parts);
  tell(`${countWords(read, 'entry', 'entries')} saved as a file.`);
}
