import type { InventoryStore } from '#db/store';
import { connect, type OpenOptions } from './connection.ts';
import { sqliteStore } from './store.ts';

/**
 * The inventory in a file, made with its folder when it is not there, readable by its owner only. `:memory:` is one
 * that ends with the store. Throws `InventoryError`.
 */
export async function openInventory(file: string, options: OpenOptions = {}): Promise<InventoryStore> {
  return sqliteStore(await connect(file, options));
}
