import type { AuditEntry } from '@latchkey/schemas';

import { CSV_MARK, csvText } from '../../words/csv.ts';

/** A file is its head, and then the text of some entries after the other: a long log is never one text. */
export type ExportFormat = {
  /** Of the file's name. */
  ending: string;
  mediaType: string;
  head: string;
  textOf: (entries: readonly AuditEntry[]) => string;
};

/** An entry in a line, as the API gives it: https://jsonlines.org */
export const JSON_LINES: ExportFormat = {
  ending: 'jsonl',
  mediaType: 'application/jsonl',
  head: '',
  textOf: (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
};

const CELLS: Readonly<Record<string, (entry: AuditEntry) => string | null | undefined>> = {
  Number: ({ number }) => String(number),
  Time: ({ atMs }) => new Date(atMs).toISOString(),
  Act: ({ act }) => act,
  'Actor kind': ({ actor }) => actor.kind,
  'Actor id': ({ actor }) => actor.id,
  'Actor name': ({ actor }) => actor.name,
  'Credential kind': ({ credential }) => credential?.kind,
  'Credential id': ({ credential }) => credential?.id,
  'Target kind': ({ target }) => target?.kind,
  'Target id': ({ target }) => target?.id,
  'Target name': ({ target }) => target?.name,
  Address: ({ address }) => address,
  'Request id': ({ requestId }) => requestId,
  Details: ({ details }) => JSON.stringify(details),
  'Entry id': ({ id }) => id,
  Digest: ({ digest }) => digest,
};

/** Times in UTC, details as JSON. */
export const CSV: ExportFormat = {
  ending: 'csv',
  mediaType: 'text/csv',
  head: CSV_MARK + csvText([Object.keys(CELLS)]),
  textOf: (entries) => csvText(entries.map((entry) => Object.values(CELLS).map((cell) => cell(entry) ?? ''))),
};
