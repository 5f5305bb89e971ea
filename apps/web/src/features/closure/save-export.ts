import type { AccountExport } from '@latchkey/schemas';

import { saveFile } from '../../ui/save-file.ts';

export function saveExport(data: AccountExport): void {
  const day = new Date(data.exportedAtMs).toISOString().slice(0, 10);
  saveFile(`latchkey-${data.account.id}-${day}.json`, 'application/json', [JSON.stringify(data, null, 2)]);
}
