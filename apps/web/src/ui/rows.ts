const CONTROL = 'a, button, summary';

/** Puts the focus on what can be pressed in the next row, or the one before, of whatever tables the page shows. */
export function goToRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll('.table tbody tr')].filter((row) => row.querySelector(CONTROL));
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? rows.at(step > 0 ? 0 : -1) : rows[here + step];
  next?.querySelector<HTMLElement>(CONTROL)?.focus();
}

/** The same in one row of a table, counted from 0; false where nothing in it can be pressed. */
export function goInto(table: Element, row: number): boolean {
  const control = table.querySelectorAll('tbody tr').item(row)?.querySelector<HTMLElement>(CONTROL);
  control?.focus({ preventScroll: true });
  return Boolean(control);
}
