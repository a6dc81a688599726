import type { Budget, Piece } from '#collectors/capture/tcp/receiver';
import { headerLength } from './opener.ts';

/** A record's fragment at most (RFC 5246, section 6.2.3): TLS 1.3 allows less. */
const maxFragment = 16_384 + 2_048;

/** Where a record stands in the capture and in its connection. */
export interface Place {
  /** Of the packet with its last byte: number and time. */
  ref: number;
  at: number;
  /** Of TCP: what the sender had received of the other direction when it began the record, and the number behind its last byte. */
  ack: number | null;
  end: number;
}

/** Receives whole records, and what is missing between them. */
export interface RecordSink {
  /**
   * Hot: `bytes[from, to)` with its header. `place` is used again when it returns. `unsure`: the record stands behind a hole, where it
   * may be none; then `false` when it is none.
   */
  record(bytes: Buffer, from: number, to: number, place: Place, unsure: boolean): boolean;
  /** One record, of so many bytes, is not whole in the capture. */
  cut(bytes: number): void;
  /** So many bytes are passed over, in which records may begin and end. */
  missed(bytes: number): void;
}

/**
 * Cuts one direction of a connection into records (RFC 8446, section 5.1). A hole within a record costs that record; behind any
 * other the next bytes are looked for that begin like one and that the sink accepts.
 */
export class Records {
  readonly #sink: RecordSink;
  readonly #budget: Budget;
  /** The beginning of a record that is not whole yet, and what its sender had received. */
  #held: Buffer = none;
  #filled = 0;
  #heldAck: number | null = null;
  /** Bytes of a record with a hole that are still to come. */
  #passing = 0;
  #unsure = false;
  #stopped = false;
  readonly #place: Place = { ref: 0, at: 0, ack: null, end: 0 };

  constructor(sink: RecordSink, budget: Budget) {
    this.#sink = sink;
    this.#budget = budget;
  }

  feed({ bytes, from, to, ref, at, seq, ack }: Piece): void {
    this.#place.ref = ref;
    this.#place.at = at;
    const base = seq - from;
    if (this.#passing > 0) {
      const passed = Math.min(this.#passing, to - from);
      this.#passing -= passed;
      from += passed;
    }
    if (this.#filled > 0) from = this.#complete(bytes, from, to, base, ack);
    if (!this.#stopped) this.#parse(bytes, from, to, base, ack);
  }

  gap(length: number): void {
    if (this.#stopped) return;
    if (this.#passing >= length) {
      this.#passing -= length;
      return;
    }
    const missing = length - this.#passing;
    this.#passing = 0;
    const whole = this.#filled >= headerLength ? total(this.#held, 0) : 0;
    const filled = this.#filled;
    this.#release();
    if (!this.#unsure && whole >= filled + missing) {
      this.#passing = whole - filled - missing;
      this.#sink.cut(whole);
    } else {
      this.#unsure = true;
      this.#sink.missed(filled + missing);
    }
  }

  /** No more records are wanted. */
  stop(): void {
    this.#stopped = true;
    this.#release();
  }

  /** Goes on with the record that is held; where in `bytes`, whose index and `base` make a sequence number, the next one begins. */
  #complete(bytes: Buffer, from: number, to: number, base: number, ack: number | null): number {
    while (this.#filled > 0 && from < to && !this.#stopped) {
      const header = this.#filled < headerLength;
      const wanted = header ? headerLength : total(this.#held, 0);
      const taken = Math.min(wanted - this.#filled, to - from);
      this.#hold(bytes, from, from + taken, wanted);
      from += taken;
      if (this.#filled < wanted) return from;
      if (header && !plausible(this.#held, 0)) {
        this.#again(base + from, ack);
      } else if (total(this.#held, 0) === this.#filled) {
        const taken = this.#tell(this.#held, 0, this.#filled, base + from, this.#heldAck);
        if (taken || this.#stopped) this.#release();
        else this.#again(base + from, ack);
        if (taken) this.#unsure = false;
      }
    }
    return from;
  }

  /** What is held, up to `end`, is no record: looks for one from its second byte on. */
  #again(end: number, ack: number | null): void {
    const rest = this.#held.subarray(1, this.#filled);
    this.#release();
    this.#unsure = true;
    this.#sink.missed(1);
    this.#parse(rest, 0, rest.length, end - rest.length, ack);
  }

  /** Records in `bytes`, none of which began before. */
  #parse(bytes: Buffer, from: number, to: number, base: number, ack: number | null): void {
    let sought = from;
    while (to - from >= headerLength && !this.#stopped) {
      if (!plausible(bytes, from)) {
        this.#unsure = true;
        from++;
        continue;
      }
      const end = from + total(bytes, from);
      if (end > to) break;
      if (sought < from) this.#sink.missed(from - sought);
      sought = from;
      if (this.#tell(bytes, from, end, base + end, ack)) {
        this.#unsure = false;
        from = end;
        sought = end;
      } else {
        this.#unsure = true;
        from++;
      }
    }
    if (sought < from) this.#sink.missed(from - sought);
    if (from === to || this.#stopped) return;
    this.#heldAck = ack;
    this.#hold(bytes, from, to, to - from < headerLength ? headerLength : total(bytes, from));
  }

  #tell(bytes: Buffer, from: number, to: number, end: number, ack: number | null): boolean {
    this.#place.ack = ack;
    this.#place.end = end | 0;
    return this.#sink.record(bytes, from, to, this.#place, this.#unsure);
  }

  #hold(bytes: Buffer, from: number, to: number, wanted: number): void {
    if (wanted > this.#held.length) {
      const larger = Buffer.allocUnsafe(wanted);
      this.#held.copy(larger, 0, 0, this.#filled);
      this.#budget.held += wanted - this.#held.length;
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#filled, from, to);
    this.#filled += to - from;
  }

  #release(): void {
    this.#budget.held -= this.#held.length;
    this.#held = none;
    this.#filled = 0;
  }
}

/** Bytes of the record at `at`, its header included. */
function total(bytes: Buffer, at: number): number {
  return headerLength + bytes.readUInt16BE(at + 3);
}

/** Whether a record may begin at `at`: its type, its version, its length. */
function plausible(bytes: Buffer, at: number): boolean {
  const type = bytes[at]!;
  if (type < 20 || type > 24 || bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false;
  return bytes.readUInt16BE(at + 3) <= maxFragment;
}

const none = Buffer.alloc(0);
