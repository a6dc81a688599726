import { type Packing, packingOf, unpackedHead } from '#collectors/unpack';
import type { Completeness, Problem } from '#model/scope';

/** Why a capture was not read, or not to its end. */
export interface Trouble {
  completeness: Exclude<Completeness, 'complete'>;
  problem: Problem;
}

/** What captures come in: the two formats of captures, and what either may be packed with. */
export type Format = 'pcap' | 'pcapng' | Packing;

const magics: [magic: string, format: Format][] = [
  ['a1b2c3d4', 'pcap'],
  ['d4c3b2a1', 'pcap'],
  ['a1b23c4d', 'pcap'],
  ['4d3cb2a1', 'pcap'],
  ['a1b2cd34', 'pcap'],
  ['34cdb2a1', 'pcap'],
  ['0a0d0d0a', 'pcapng'],
];

/** Enough of a gzip file for the first bytes of what is inside, which it can make no longer than 1 MiB. */
const peeked = 1_024;

/** Which format a file's first bytes tell. The name says nothing. */
export function formatOf(head: Uint8Array): Format | null {
  const magic = Buffer.from(head.subarray(0, 4)).toString('hex');
  return magics.find(([known]) => magic === known)?.[1] ?? packingOf(head);
}

/**
 * The same of what is inside, when the file is packed with gzip: `gzip` only for what cannot be told. Of zstd the first bytes of a file
 * are not enough to look inside.
 */
export function formatInside(head: Uint8Array): Format | null {
  if (packingOf(head) !== 'gzip') return formatOf(head);
  const inside = unpackedHead(head.subarray(0, peeked));
  return inside === null ? 'gzip' : formatOf(inside);
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
