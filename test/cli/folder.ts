import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration, smallCapture, smallInventory, specification } from './small.ts';

/** A folder with a noontide.yaml, a specification, a capture and an inventory of two scans. */
export async function shopFolder(): Promise<string> {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'noontide.yaml'), configuration);
  await writeFile(join(folder, 'openapi.yaml'), specification);
  await writeFile(join(folder, 'edge.pcap'), smallCapture);
  await smallInventory(join(folder, 'noontide.db'));
  return folder;
}

export async function emptyFolder(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'noontide-cli-')));
}

export async function copyOf(folder: string): Promise<string> {
  const copy = await emptyFolder();
  await cp(folder, copy, { recursive: true });
  return copy;
}

export function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
