import { digest } from '#db/identity';
import { inventory } from './0001-inventory.ts';

export interface Migration {
  /** Counts from 1 without gaps; the schema's version once it is applied. */
  version: number;
  name: string;
  sql: string;
}

/** In order. One that was released is never edited: inventories out there were made with it. */
export const migrations: readonly Migration[] = [{ version: 1, name: 'inventory', sql: inventory }];

export function checksum(migration: Migration): string {
  return digest(migration.sql);
}
