import type { AccountExport } from '@latchkey/schemas';

/** Hands the reader a file. */
export function saveExport(data: AccountExport): void {
  const day = new Date(data.exportedAtMs).toISOString().slice(0, 10);
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
  Object.assign(document.createElement('a'), {
    href: url,
    download: `latchkey-${data.account.id}-${day}.json`,
  }).click();
  URL.revokeObjectURL(url);
}
