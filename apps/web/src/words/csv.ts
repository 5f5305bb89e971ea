/** Begins a file: without it, Excel takes it for one in the local code page. */
export const CSV_MARK = '\uFEFF';

/** Rows for a spreadsheet (RFC 4180). */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/**
 * A spreadsheet takes a cell that starts so for a formula, and what people name may start so. Where decimals have commas, it
 * begins a cell at each semicolon.
 */
function csvCell(text: string): string {
  const harmless = text.replaceAll(/(^|;)(?=[=+\-@＝＋－＠\t\r\n])/g, "$1'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
