import { useEffect, useRef, type FocusEvent, type ReactNode, type RefObject } from 'react';

import { Skeleton } from './skeleton.tsx';

export type Column<Row> = {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** `name`: what the row is called, its header. `acts`: its menu, at the end, or in the corner of a card on phones. */
  kind?: 'name' | 'text' | 'acts';
  align?: 'end';
  /** Short content that must not be broken, such as a time or a badge. */
  nowrap?: boolean;
};

export type TableProps<Row> = {
  /** What the table holds: "API keys". */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** This row shines for three seconds. */
  newKey?: string | null;
};

/** A row that goes takes the focus with it, and the keyboard would start at the top of the page. The table keeps it. */
function useKeptFocus(rows: readonly unknown[]): {
  ref: RefObject<HTMLDivElement | null>;
  onFocus: (event: FocusEvent) => void;
} {
  const ref = useRef<HTMLDivElement>(null);
  const last = useRef<Element>(null);
  useEffect(() => {
    if (last.current?.isConnected === false && document.activeElement === document.body) ref.current?.focus();
  }, [rows]);
  return { ref, onFocus: ({ target }) => void (last.current = target) };
}

/** Roles are written out because phones show the rows as cards, and `display` takes a table's own roles away. */
export function Table<Row>({ label, columns, rows, rowKey, newKey }: TableProps<Row>): ReactNode {
  const keptFocus = useKeptFocus(rows);
  return (
    <div className="table-box" tabIndex={-1} {...keptFocus}>
      <table className="table" role="table" aria-label={label}>
        <Head columns={columns} />
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" data-new={rowKey(row) === newKey || undefined}>
              {columns.map((column) => (
                <Cell key={column.key} column={column}>
                  {column.cell(row)}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({ columns }: { columns: readonly Column<Row>[] }): ReactNode {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column) => (
          <th key={column.key} role="columnheader" scope="col" data-align={column.align}>
            {column.kind === 'acts' ? <span className="visually-hidden">{column.title}</span> : column.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Cell<Row>({ column, children }: { column: Column<Row>; children: ReactNode }): ReactNode {
  if (column.kind === 'name') {
    return (
      <th role="rowheader" scope="row">
        {children}
      </th>
    );
  }
  const acts = column.kind === 'acts';
  return (
    <td
      role="cell"
      className={acts ? 'acts' : undefined}
      data-label={acts ? undefined : column.title}
      data-align={column.align}
      data-nowrap={column.nowrap || undefined}
    >
      {acts ? children : <div>{children}</div>}
    </td>
  );
}

const skeletonName = () => <Skeleton />;
const skeletonTwoLines = () => (
  <div>
    <Skeleton />
    <span className="cell-sub">
      <Skeleton size="short" />
    </span>
  </div>
);
const skeletonText = () => <Skeleton size="short" />;

type SkeletonProps = {
  columns: readonly { key: string; title: string }[];
  rows?: number;
  /** Of the first column's cells. */
  lines?: 1 | 2;
};

/** The same table while its rows are on the way. */
export function TableSkeleton({ columns, rows = 6, lines = 1 }: SkeletonProps): ReactNode {
  const empty = columns.map(({ key, title }, place): Column<number> => {
    if (place > 0) return { key, title, cell: skeletonText };
    return { key, title, kind: 'name', cell: lines === 2 ? skeletonTwoLines : skeletonName };
  });
  return (
    <div role="status" aria-label="Loading">
      <div aria-hidden="true">
        <Table label="Loading" columns={empty} rows={Array.from({ length: rows }, (_, row) => row)} rowKey={String} />
      </div>
    </div>
  );
}
