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
  const { progress, begin, goOn, end } = useExport();
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
      <ProgressDialog progress={progress} onGoOn={goOn} onEnd={end} />
    </>
  );
}

type ProgressProps = { progress: Progress | null; onGoOn: () => void; onEnd: () => void };

function ProgressDialog({ progress, onGoOn, onEnd }: ProgressProps): ReactNode {
  // While it closes, the last that there was stays.
  const [last, setLast] = useState(progress);
  if (progress !== null && progress !== last) setLast(progress);
  const shown = progress ?? last;
  return (
    <Dialog open={progress !== null} onClose={onEnd} title="Export the audit log" size="small">
      {shown && <HowFar {...shown} onGoOn={onGoOn} onEnd={onEnd} />}
    </Dialog>
  );
}

function HowFar({ read, backToMs, failure, onGoOn, onEnd }: Progress & Omit<ProgressProps, 'progress'>): ReactNode {
  return (
    <>
      <DialogBody>
        {failure && <FailureAlert failure={failure} />}
        <p role="status">
          {countWords(read, 'entry', 'entries')} read{backToMs !== null && `, back to ${dayWords(backToMs)}`}.
        </p>
        <p className="soft">The file is saved when all of them are read.</p>
      </DialogBody>
      <DialogActs>
        <Button onClick={onEnd}>Stop</Button>
        {failure && (
          <Button tone="primary" onClick={onGoOn}>
            Go on
          </Button>
        )}
      </DialogActs>
    </>
  );
}
