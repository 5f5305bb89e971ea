import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { CSV_MARK } from '../../words/csv.ts';
import type { Matrix } from './matrix.ts';
import { matrixCsv, matrixJson } from './matrix-export.ts';

/** What is shown, as a file. */
export function ExportMenu({ matrix }: { matrix: Matrix }): ReactNode {
  return (
    <Menu
      label="Export"
      trigger={<Button>Export</Button>}
      items={[
        {
          label: 'CSV, for a spreadsheet',
          onSelect: () => saveFile('access-matrix.csv', 'text/csv', [CSV_MARK, matrixCsv(matrix)]),
        },
        {
          label: 'JSON, for a program',
          onSelect: () => saveFile('access-matrix.json', 'application/json', [matrixJson(matrix)]),
        },
      ]}
    />
  );
}
