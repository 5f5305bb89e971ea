import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { Matrix } from './matrix.ts';
import { matrixCsv, matrixJson } from './matrix-export.ts';

function download(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** What is shown, as a file. */
export function ExportMenu({ matrix }: { matrix: Matrix }): ReactNode {
  return (
    <Menu
      label="Export"
      trigger={<Button>Export</Button>}
      items={[
        {
          label: 'CSV, for a spreadsheet',
          onSelect: () => download('access-matrix.csv', 'text/csv', matrixCsv(matrix)),
        },
        {
          label: 'JSON, for a program',
          onSelect: () => download('access-matrix.json', 'application/json', matrixJson(matrix)),
        },
      ]}
    />
  );
}
