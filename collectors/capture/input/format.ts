import { constants, gunzipSync } from 'node:zlib';
import type { Completeness, Problem } from '#model/scope';

/** Why a capture was not read, or not to its end. */
export interface Trouble {
  completeness: Exclude<Completeness, 'complete'>;
  problem: Problem;
}

/** What captures come in: the two formats of captures, and what either may be packed with. */
export type Format = 'pcap' | 'pcapng' | 'gzip' | 'zstd';

const magics: [magic: string, format: Format][] = [
  ['a1b2c3d4', 'pcap'],
  ['d4c3b2a1', 'pcap'],
  ['a1b23c4d', 'pcap'],
  ['4d3cb2a1', 'pcap'],
  ['a1b2cd34', 'pcap'],
  ['34cdb2a1', 'pcap'],
  ['0a0d0d0a', 'pcapng'],
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
];

/** Enough of a gzip file for the first bytes of what is inside, which it can make no longer than 1 MiB. */
const peeked = 1_024;

/** Which format a file's first bytes tell. The name says nothing. */
export function formatOf(head: Uint8Array): Format | null {
  const magic = Buffer.from(head.subarray(0, 4)).toString('hex');
  return magics.find(([known]) => magic.startsWith(known))?.[1] ?? null;
}

/**
 * The same of what is inside, when the file is packed with gzip: `gzip` only for what cannot be told. Of zstd the first bytes of a file
 * are not enough to look inside.
 */
export function formatInside(head: Uint8Array): Format | null {
  const format = formatOf(head);
  if (format !== 'gzip') return format;
  try {
    return formatOf(gunzipSync(head.subarray(0, peeked), { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    return 'gzip';
  }
}

export const copyAgain = 'copy it again from where it was recorded, or record it again';

export function trouble(completeness: Trouble['completeness'], message: string, mend: string): Trouble {
  return { completeness, problem: { message, mend } };
}

/** A capture that breaks off: `message` says how, `position` (bytes from its beginning) where. */
export function broken(message: string, position: number): Trouble {
  const problem = { message: `${message}; what follows it was not read`, where: `byte ${position}`, mend: copyAgain };
  return { completeness: 'partial', problem };
}
