import type { Counter, Exchange } from '#collectors/traffic/exchange';
import { openConnection } from './connection.ts';
import type { Trouble } from './input/format.ts';
import type { PacketSink } from './input/packets.ts';
import { Decapsulation } from './packet/decapsulation.ts';
import { knowsLink } from './packet/link.ts';
import { QuicInitials } from './quic/initials.ts';
import { newReading, type Reading } from './reading.ts';
import { Origins } from './rotation/origins.ts';
import { anybody, newShared, type Session, type Shared } from './session.ts';
import { moveTally, newTally, type Tally } from './tally.ts';
import { defaultLimits, FlowTable, type Part } from './tcp/flows.ts';
import { KeyLog } from './tls/key-log.ts';

export interface PipelineOptions {
  /** Exchanges that are alike may share their heads ({@link Exchange.like}): faster, for who counts them. */
  alike: boolean;
  keys?: KeyLog;
  /** Of its connections; without it all of them. */
  part?: Part | undefined;
}

const nobody: Counter = { firstBelow: 0, add: () => undefined };

/**
 * From packets to exchanges: what carries them, connections, protocols. Everything in it is synchronous.
 *
 * It reads the files of one recording, one after another: `begin`, packets, `end`. Connections go on from file to file, and an exchange is
 * told in the file in which it ends.
 */
export class Pipeline implements PacketSink {
  readonly #tally: Tally = newTally();
  readonly #shared: Shared;
  readonly #packets: Decapsulation;
  readonly #flows: FlowTable;
  readonly #initials: QuicInitials;
  readonly #keys: KeyLog;
  readonly #counts: boolean;
  readonly #origins = new Origins();
  #reading: Reading = newReading();
  #counter: Counter = nobody;
  /** Packets of the files before, and the number of the last one in this file. */
  #before = 0;
  #last = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor({ alike, keys = new KeyLog(), part }: PipelineOptions) {
    const tally = this.#tally;
    const shared = newShared(tally, (exchange) => this.#tell(exchange), alike ? nobody : null, keys);
    this.#shared = shared;
    this.#flows = new FlowTable(
      (endpoints, midway, lot) => {
        const session: Session = { shared, endpoints, midway, scheme: 'http', caller: anybody, lot, depth: 0 };
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

  /** A file begins. `reading` gets what is known of it, `to` what ends in it; what ends in a later one names it as `file`. */
  begin(file: string, reading: Reading, to: Counter): void {
    this.#before += this.#last;
    this.#last = 0;
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = Number.NEGATIVE_INFINITY;
    this.#reading = reading;
    this.#counter = to;
    if (this.#shared.interest !== null) this.#shared.interest = to;
    this.#origins.begin(file, this.#before);
    this.#shared.files++;
    for (const heads of Object.values(this.#shared.heads)) heads.recount();
    this.#flows.goOn();
  }

  packet(bytes: Buffer, from: number, to: number, length: number, at: number, link: number, number: number): void {
    if (this.#counts) this.#tally.packets++;
    this.#last = number;
    if (this.#reading.first === null) this.#reading.first = Math.floor(at);
    // A packet without a time says nothing of the span.
    if (at < this.#from && at > 0) this.#from = at;
    if (at > this.#to) this.#to = at;
    if (link !== 1 && !knowsLink(link)) this.#reading.trouble ??= unknownLink(link);
    else this.#packets.packet(bytes, from, to, length, at, link, number + this.#before);
  }

  secrets(keyLog: string): void {
    this.#keys.growing = true;
    this.#keys.add(keyLog);
  }

  /** The recording that follows, by connections that are under way at its beginning, is another one. */
  isForeign(underWay: ReadonlySet<number>): boolean {
    return this.#flows.isForeign(underWay);
  }

  /** The file is over, and another may go on with what is open. */
  end(): void {
    for (const host of this.#tally.tlsHosts) Object.assign(host, this.#placeOf(host.ref));
    moveTally(this.#tally, this.#reading.tally);
    if (this.#from > this.#to) return;
    this.#reading.from = Math.floor(this.#from);
    this.#reading.to = Math.floor(this.#to);
  }

  /** The recording is over: what waits comes as it is. */
  close(): void {
    this.#packets.close();
    this.#initials.close();
    this.#keys.growing = false;
    this.#flows.close();
    this.end();
  }

  /** Of a packet by its running number: in this file, or in an earlier one, which is named then. */
  #placeOf(ref: number): { ref: number; file?: string } {
    return ref > this.#before ? { ref: ref - this.#before } : this.#origins.of(ref);
  }

  #tell(exchange: Exchange): void {
    if (exchange.ref > this.#before) exchange.ref -= this.#before;
    else Object.assign(exchange, this.#origins.of(exchange.ref));
    this.#counter.add(exchange);
  }
}

function unknownLink(link: number): Trouble {
  const message = `packets of link type ${link} are not read`;
  const mend = 'record on Ethernet or with tcpdump -i any, or convert it: editcap -T ether IN OUT';
  return { completeness: 'unsupported', problem: { message, mend } };
}
