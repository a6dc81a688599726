import type { Exchange } from '#collectors/traffic/exchange';
import { Connection } from './connection.ts';
import type { Trouble } from './input/format.ts';
import { type Packet, readPackets } from './input/read.ts';
import { tcpSegment } from './packet/ip.ts';
import { cutFrame, ipOffset, knowsLink, labelled } from './packet/link.ts';
import { countTunnel, newTally, type Tally } from './tally.ts';
import { FlowTable } from './tcp/flows.ts';

/** What is known of a file beside its exchanges, growing while it is read. */
export interface Reading {
  tally: Tally;
  trouble: Trouble | null;
  /** The span of its packets, epoch milliseconds; `null` before the first. */
  from: number | null;
  to: number | null;
}

export function newReading(): Reading {
  return { tally: newTally(), trouble: null, from: null, to: null };
}

/**
 * The HTTP/1 exchanges of a classic pcap file, each when its answer has ended; requests without an answer come with status 0
 * when their connection is over. What else there was, and why the file was not read to its end, is told in `reading`;
 * `progress` hears how many bytes were read.
 *
 * @throws what opening or reading the file throws, and the signal's reason once it is aborted.
 */
export async function* readExchanges(
  path: string,
  signal: AbortSignal,
  reading: Reading = newReading(),
  progress: (bytes: number) => void = () => undefined,
): AsyncGenerator<Exchange> {
  const { tally } = reading;
  let ready: Exchange[] = [];
  const flows = new FlowTable(
    (endpoints, midway, budget) =>
      new Connection(endpoints, midway, tally, budget, (exchange) => void ready.push(exchange)),
    tally,
  );
  for await (const { link, packets, bytes, trouble } of readPackets(path, signal)) {
    progress(bytes);
    reading.trouble ??= trouble;
    if (link >= 0 && !knowsLink(link)) {
      reading.trouble = unknownLink(link);
      return;
    }
    for (const packet of packets) take(packet, link, flows, reading);
    yield* ready;
    ready = [];
  }
  flows.close();
  yield* ready;
}

function take({ number, at, data }: Packet, link: number, flows: FlowTable, reading: Reading): void {
  const { tally } = reading;
  tally.packets++;
  reading.from = reading.from === null ? at : Math.min(reading.from, at);
  reading.to = reading.to === null ? at : Math.max(reading.to, at);
  const offset = ipOffset(link, data);
  if (offset >= 0) {
    const segment = tcpSegment(data, offset, tally);
    if (segment !== null) flows.take(segment, number, at);
  } else if (offset === cutFrame) {
    tally.cut++;
  } else {
    tally.notIp++;
    if (offset === labelled) countTunnel(tally, 'MPLS or PPPoE');
  }
}

function unknownLink(link: number): Trouble {
  const message = `packets of link type ${link} are not read`;
  const mend = 'record on Ethernet or with tcpdump -i any, or convert it: editcap -T ether IN OUT';
  return { completeness: 'unsupported', problem: { message, mend } };
}
