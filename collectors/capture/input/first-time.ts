import type { PacketSink } from './packets.ts';
import { readBlocks } from './read.ts';

/**
 * The time of a capture's first packet, epoch milliseconds, from its first block; `null` when it has none. The files of a rotation are
 * in the order of these times, while their names often are not (`edge.pcap10` comes before `edge.pcap9`).
 *
 * @throws as {@link file://./read.ts readCapture} does.
 */
export async function firstTime(path: string, signal: AbortSignal): Promise<number | null> {
  let first: number | null = null;
  const sink: PacketSink = {
    packet(_bytes, _from, _to, _length, at) {
      first ??= at;
    },
    secrets: () => undefined,
  };
  const blocks = readBlocks(path, sink, signal);
  await blocks.next();
  await blocks.return(null);
  return first;
}
