import type { Cell, GuardDescription } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

import { cellReason, cellText, guardText } from './access-words.ts';
import type { Column, Matrix } from './matrix.ts';

type Place = { row: number; column: number };

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  Home: [0, -Infinity],
  End: [0, Infinity],
  PageDown: [10, 0],
  PageUp: [-10, 0],
};

const within = (place: number, count: number) => Math.min(Math.max(place, 0), count - 1);

/** One tab stop, and arrows from there: sixty rows of ten cells would be six hundred stops (ARIA's grid). */
function useGridFocus(rows: number, columns: number) {
  const grid = useRef<HTMLTableElement>(null);
  const [wanted, setAt] = useState<Place>({ row: 0, column: 0 });
  const at = { row: within(wanted.row, rows), column: within(wanted.column, columns) };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [down, right] = step;
    const next = { row: within(at.row + down, rows), column: within(at.column + right, columns) };
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-at="${next.row} ${next.column}"]`)?.focus();
  };
  const stopOf = (row: number, column: number) => ({
    'data-at': `${row} ${column}`,
    tabIndex: row === at.row && column === at.column ? 0 : -1,
    onFocus: () => setAt({ row, column }),
  });
  return { grid, onKeyDown, stopOf };
}

/** Every procedure × every column. Why a cell says what it says stands below, for the one that is pointed at or focused. */
export function MatrixGrid({ columns, guards }: Matrix): ReactNode {
  const [reason, setReason] = useState<string | null>(null);
  const { grid, onKeyDown, stopOf } = useGridFocus(guards.length, columns.length + 1);
  return (
    <div className="matrix-box">
      <div className="matrix-scroll">
        <table className="matrix" role="grid" aria-label="Who may call what" ref={grid} onKeyDown={onKeyDown}>
          <Head columns={columns} />
          <tbody>
            {guards.map((guard, row) => (
              <tr key={guard.procedure}>
                <th scope="row">
                  <Procedure guard={guard} stop={stopOf(row, 0)} />
                </th>
                {columns.map((column, place) => (
                  <MatrixCell
                    key={column.key}
                    cell={column.cellOf(guard)}
                    reason={cellReason(column.cellOf(guard), guard, column.who)}
                    onReason={setReason}
                    stop={stopOf(row, place + 1)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="matrix-reason" role="status">
        {reason ?? 'Point at a cell, or move to it with the arrow keys, to read why.'}
      </p>
    </div>
  );
}

function Head({ columns }: { columns: readonly Column[] }): ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">Procedure</th>
        {columns.map(({ key, title }) => (
          <th scope="col" key={key} title={title}>
            <span className="matrix-title">{title}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

type Stop = { 'data-at': string; tabIndex: number; onFocus: () => void };

function Procedure({ guard, stop }: { guard: GuardDescription; stop: Stop }): ReactNode {
  const { procedure } = guard;
  return (
    <>
      <Link to="/console/access/$procedure" params={{ procedure }} className="cell-name mono" {...stop}>
        {procedure}
      </Link>
      <span className="cell-sub">{guardText(guard)}</span>
    </>
  );
}

type MatrixCellProps = { cell: Cell; reason: string; onReason: (reason: string) => void; stop: Stop };

function MatrixCell({ cell, reason, onReason, stop }: MatrixCellProps): ReactNode {
  const tell = () => onReason(reason);
  return (
    <td
      {...stop}
      data-outcome={cell.outcome}
      title={reason}
      aria-description={reason}
      onFocus={() => {
        stop.onFocus();
        tell();
      }}
      onPointerEnter={tell}
    >
      {cell.outcome === 'no' ? 'No' : cellText(cell)}
    </td>
  );
}
