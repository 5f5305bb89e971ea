import type { PostgresDriver } from './postgres.ts';

export type StorageLocation =
  /** `mustExist`: a file that isn't there, or isn't ours, is an outage, and none is begun. */
  | { kind: 'sqlite'; file: string; mustExist?: boolean }
  | { kind: 'postgres'; url: string }
  /** Another PostgreSQL than one behind a URL. */
  | { kind: 'driver'; driver: PostgresDriver };
