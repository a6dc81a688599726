import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInventory } from '#db/sqlite/open';
import { storeContract } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'noontide-store-'));
let opened = 0;

storeContract('a file', (now) => openInventory(join(folder, `${opened++}.db`), { now }));
storeContract(':memory:', (now) => openInventory(':memory:', { now }));
