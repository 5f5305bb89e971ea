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
/** How often somebody is told how far it is, who may hear it read out. What takes less shows nothing. */
const TOLD_EVERY_MS = 1_000;
/** The menu in which it was asked for gives the focus back to its button, also out of a dialog that came sooner. */
const MENU_CLOSES_MS = 500;

/** A file in the making. */
type Export = {
  format: ExportFormat;
  asked: ReturnType<typeof auditInput>;
  cursor: string | undefined;
  parts: BlobPart[];
  read: number;
  /** When the last entry that was read was made: they come newest first. */
  backToMs: number | null;
  isReading: boolean;
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
    mine.isReading = true;
    const telling = setInterval(() => show(null), TOLD_EVERY_MS);
    const menuCloses = new Promise((resolve) => {
      setTimeout(resolve, MENU_CLOSES_MS);
    });
    const failure = await readAll(mine);
    if (failure) await menuCloses;
    clearInterval(telling);
    mine.isReading = false;
    if (mine.stop.signal.aborted) return;
    if (failure) return show(failure);
    save(mine);
    end();
  };
  const begin = (format: ExportFormat, search: AuditSearch) => {
    end();
    const begun = { format, asked: auditInput(search), parts: [format.head], read: 0, backToMs: null };
    current.current = { ...begun, cursor: undefined, isReading: false, stop: new AbortController() };
    void readOn(current.current);
  };
  const retry = () => {
    if (!current.current || current.current.isReading) return;
    setProgress((before) => before && { ...before, failure: null });
    void readOn(current.current);
  };
  return { progress, begin, retry, end };
}

/** The failure of the page that couldn't be read, or null when all are. */
async function readAll(mine: Export): Promise<Failure | null> {
  const { format, asked, parts, stop } = mine;
  for (;;) {
    const input = { ...asked, cursor: mine.cursor, limit: PAGE_LENGTH };
    const page = await rpcClient.audit.list.query(input, { signal: stop.signal }).catch(failureOf);
    if (stop.signal.aborted) return null;
    if ('code' in page) return page;
    const { items, nextCursor } = page;
    // The browser keeps a Blob outside of the page's memory.
    parts.push(new Blob([format.textOf(items)]));
    mine.read += items.length;
    mine.backToMs = items.at(-1)?.atMs ?? mine.backToMs;
    if (nextCursor === null) return null;
    mine.cursor = nextCursor;
  }
}

function save({ format, parts, read }: Export): void {
  if (read === 0) return tell('No entry fits the filters, so there is no file.');
  const day = new Date().toISOString().slice(0, 10);
  saveFile(`latchkey-audit-${day}.${format.ending}`, format.mediaType, parts);
  tell(`${countWords(read, 'entry', 'entries')} saved as a file.`);
}
