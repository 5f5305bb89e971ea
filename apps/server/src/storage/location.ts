import type { PostgresDriver } from './postgres.ts';

export type StorageLocation =
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string }
  /** Another PostgreSQL than one behind a URL. */
  | { kind: 'driver'; driver: PostgresDriver };
