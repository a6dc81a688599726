import { hash } from 'node:crypto';
import { formatOf } from './format.ts';
import type { PacketSink } from './packets.ts';
import { pcapHeaderLength } from './pcap.ts';
import { readBlocks } from './read.ts';

/** What a capture's first block tells of it. */
export interface Opening {
  /** The time of its first packet, epoch milliseconds; `null` when it has none. */
  first: number | null;
  /**
   * A digest of what its recorder wrote ahead of the packets: link type, snap length, clock, in pcapng also interfaces and machine. Files
   * of one recording have the same; `''` of what is no capture.
   */
  header: string;
}

/** Section Header and Interface Description Block (draft-ietf-opsawg-pcapng, sections 4.1 and 4.2). */
const sectionHeader = 0x0a0d0d0a;
const interfaceDescription = 1;
/** Where in a section header its length stands, which not every recorder leaves open. */
const sectionLength = 16;
const sectionOptions = 24;

/**
 * Looks at a capture. The files of a rotation are in the order of their first packets, while their names often are not (`edge.pcap10`
 * comes before `edge.pcap9`).
 *
 * @throws as {@link file://./read.ts readCapture} does.
 */
export async function readOpening(path: string, signal: AbortSignal): Promise<Opening> {
  const opening: Opening = { first: null, header: '' };
  const sink: PacketSink = {
    packet(_bytes, _from, _to, _length, at) {
      opening.first ??= at;
    },
    secrets: () => undefined,
  };
  const began = (head: Buffer) => {
    opening.header = hash('sha256', recordersWords(head), 'base64');
  };
  await readFirstBlock(path, sink, signal, began);
  return opening;
}

/** Gives a sink what stands whole in a capture's first block. Throws as {@link readOpening} does. */
export async function readFirstBlock(
  path: string,
  sink: PacketSink,
  signal: AbortSignal,
  began?: (head: Buffer) => void,
): Promise<void> {
  const blocks = readBlocks(path, sink, signal, began);
  await blocks.next();
  await blocks.return(null);
}

/** Of classic pcap the file's header; of pcapng the section's and those of the interfaces behind it. */
function recordersWords(head: Buffer): Buffer {
  if (formatOf(head) === 'pcap') return head.subarray(0, pcapHeaderLength);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const little = head.length >= 12 && view.getUint32(8, true) === 0x1a2b3c4d;
  const words = [head.subarray(0, sectionLength)];
  for (let at = 0; at + 12 <= head.length; ) {
    const type = view.getUint32(at, little);
    const end = at + view.getUint32(at + 4, little);
    if ((type !== sectionHeader && type !== interfaceDescription) || end < at + 12 || end > head.length) break;
    words.push(head.subarray(type === sectionHeader ? Math.min(at + sectionOptions, end) : at, end));
    at = end;
  }
  return Buffer.concat(words);
}
