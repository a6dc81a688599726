import type { Exchange, Interest } from '#collectors/traffic/exchange';
import { openConnection } from './connection.ts';
import type { Trouble } from './input/format.ts';
import type { PacketSink } from './input/packets.ts';
import { Decapsulation } from './packet/decapsulation.ts';
import { knowsLink } from './packet/link.ts';
import { QuicInitials } from './quic/initials.ts';
import type { Reading } from './reading.ts';
import { newShared, type Session } from './session.ts';
import { newTally } from './tally.ts';
import { defaultLimits, FlowTable, type Part } from './tcp/flows.ts';
import { KeyLog } from './tls/key-log.ts';

export interface PipelineOptions {
  /** Who counts exchanges: those that are alike share their heads ({@link Exchange.like}). `null` for who wants each as it was sent. */
  interest: Interest | null;
  keys?: KeyLog;
  /** Of its connections; without it all of them. */
  part?: Part;
}

/** From packets to exchanges: what carries them, connections, protocols. Everything in it is synchronous. */
export class Pipeline implements PacketSink {
  readonly #reading: Reading;
  readonly #packets: Decapsulation;
  readonly #flows: FlowTable;
  readonly #initials: QuicInitials;
  readonly #keys: KeyLog;
  readonly #counts: boolean;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(
    emit: (exchange: Exchange) => void,
    reading: Reading,
    { interest, keys = new KeyLog(), part }: PipelineOptions,
  ) {
    const { tally } = reading;
    const shared = newShared(tally, emit, interest, keys);
    this.#reading = reading;
    this.#flows = new FlowTable(
      (endpoints, midway, lot) => {
        const session: Session = { shared, endpoints, midway, scheme: 'http', lot, depth: 0 };
        return openConnection(session);
      },
      tally,
      shared.budget,
      defaultLimits,
      part,
    );
    // What is counted by packet is counted in one part.
    this.#counts = part === undefined || part.index === 0;
    const packets = this.#counts ? tally : newTally();
    const flows = this.#flows;
    const initials = new QuicInitials(tally, shared.budget);
    this.#initials = initials;
    this.#keys = keys;
    this.#packets = new Decapsulation(
      {
        tcp: (segment) => flows.tcp(segment),
        udp: (datagram) => {
          if (this.#counts) initials.take(datagram);
        },
      },
      packets,
    );
  }

  packet(bytes: Buffer, from: number, to: number, length: number, at: number, link: number, number: number): void {
    if (this.#counts) this.#reading.tally.packets++;
    if (this.#reading.first === null) this.#reading.first = Math.floor(at);
    // A packet without a time says nothing of the span.
    if (at < this.#from && at > 0) this.#from = at;
    if (at > this.#to) this.#to = at;
    if (link !== 1 && !knowsLink(link)) this.#reading.trouble ??= unknownLink(link);
    else this.#packets.packet(bytes, from, to, length, at, link, number);
  }

  secrets(keyLog: string): void {
    this.#keys.growing = true;
    this.#keys.add(keyLog);
  }

  /** The capture is over: what waits comes as it is. */
  close(): void {
    this.#packets.close();
    this.#initials.close();
    this.#keys.growing = false;
    this.#flows.close();
    if (this.#from > this.#to) return;
    this.#reading.from = Math.floor(this.#from);
    this.#reading.to = Math.floor(this.#to);
  }
}

function unknownLink(link: number): Trouble {
  const message = `packets of link type ${link} are not read`;
  const mend = 'record on Ethernet or with tcpdump -i any, or convert it: editcap -T ether IN OUT';
  return { completeness: 'unsupported', problem: { message, mend } };
}
