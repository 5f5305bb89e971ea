import { useState, type ReactNode } from 'react';

import { FailureAlert } from '../../forms/failure-alert.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActs, DialogBody } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { countWords, dayWords } from '../../words/time-words.ts';
import type { AuditSearch } from './audit-search.ts';
import { CSV, JSON_LINES } from './export-format.ts';
import { useExport, type Progress } from './use-export.ts';

/** All that fits the filters, as a file. */
export function ExportEntries({ search }: { search: AuditSearch }): ReactNode {
  const { progress, begin, retry, end } = useExport();
  return (
    <>
      <Menu
        label="Export"
        trigger={<Button>Export</Button>}
        items={[
          { label: 'CSV, for a spreadsheet', onSelect: () => begin(CSV, search) },
          { label: 'JSON Lines, for a program', onSelect: () => begin(JSON_LINES, search) },
        ]}
      />
      <ProgressDialog progress={progress} onRetry={retry} onEnd={end} />
    </>
  );
}

type ProgressProps = { progress: Progress | null; onRetry: () => void; onEnd: () => void };

function ProgressDialog({ progress, onRetry, onEnd }: ProgressProps): ReactNode {
  // While it closes, the last that there was stays.
  const [last, setLast] = useState(progress);
  if (progress !== null && progress !== last) setLast(progress);
  const shown = progress ?? last;
  return (
    <Dialog open={progress !== null} onClose={onEnd} title="Export the audit log" size="small">
      {shown && <HowFar {...shown} onRetry={onRetry} onEnd={onEnd} />}
    </Dialog>
  );
}

function HowFar({ read, backToMs, failure, onRetry, onEnd }: Progress & Omit<ProgressProps, 'progress'>): ReactNode {
  return (
    <>
      <DialogBody>
        {failure && <FailureAlert failure={failure} />}
        <p role="status">
          {countWords(read, 'entry', 'entries')} read{backToMs !== null && `, back to ${dayWords(backToMs)}`}.
        </p>
        <p className="soft">The file is saved once every entry is read.</p>
      </DialogBody>
      <DialogActs>
        <Button onClick={onEnd}>Stop</Button>
        {failure && (
          <Button tone="primary" onClick={onRetry}>
            Retry
          </Button>
        )}
      </DialogActs>
    </>
  );
}
