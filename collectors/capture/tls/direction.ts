import type { Budget, Piece, Side } from '#collectors/capture/tcp/receiver';
import { HandshakeReader } from './handshake.ts';
import { headerLength, type Opener } from './opener.ts';
import { type Place, type RecordSink, Records } from './records.ts';

/** Content types of records (RFC 8446, section 5.1). */
const content = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const;

/**
 * Keys of a direction, in their order. Of TLS 1.3: for early data, for the handshake, for data, and one more after each key
 * update. Of earlier versions: one after each ChangeCipherSpec. 0: none yet.
 */
export const stage = { clear: 0, early: 1, handshake: 2, data: 3 } as const;

/** What a direction asks of its connection, and tells it. */
export interface Parties {
  /** Negotiated, 0x0301 to 0x0304; 0 before the ServerHello. */
  readonly version: number;
  /** Stage in which this side's first protected record of TLS 1.3 is; `null` while that may still be told. */
  firstStage(side: Side): number | null;
  /** `null` without the keys. */
  opener(side: Side, stage: number): Opener | null;
  /** Whether what is missing for this side (a ServerHello, a key) may still come. */
  mayWait(side: Side): boolean;
  message(side: Side, type: number, body: Buffer, length: number): void;
  /** Hot: a record opened. */
  opened(): void;
  /** Hot: application data. */
  plain(side: Side, bytes: Buffer, length: number, place: Place): void;
  /** So much of the application data is not in the capture, or could not be read. */
  missing(side: Side, length: number): void;
  /** The side says that it sends no more. */
  closed(side: Side): void;
  /** Nothing more of this side can be read, although there were keys. */
  lost(side: Side): void;
}

interface Waiting {
  bytes: Buffer;
  place: Place;
}

/** Records that wait for keys: bytes of a direction, and of the whole capture's budget. */
const maxWaiting = 65_536;
const perRecord = 128;
const maxBudget = 16 * 1_048_576;
/** Records beyond the expected one that are tried behind a hole, and records in a row that do not open before it is given up. */
const maxAhead = 1_024;
const maxFailures = 64;
/** Bytes of trials without success: at first, and for each byte that came. A trial that fails costs as much as so many bytes. */
const effort = 128 * 1_048_576;
const effortPerByte = 8;
const effortPerTrial = 16_384;
/** Of a TLS record: less than any has. */
const shortest = 22;

/** One direction of a TLS connection: its records, opened in order with the keys of each stage. */
export class Direction implements RecordSink {
  readonly #side: Side;
  readonly #parties: Parties;
  readonly #budget: Budget;
  readonly #records: Records;
  readonly #handshake: HandshakeReader;
  #stage: number = stage.clear;
  #opener: Opener | null = null;
  /** Of the stage behind this one, once it was tried. */
  #next: Opener | null = null;
  #seq = 0;
  /** Records that may be missing before the next: an upper bound, with a fraction. */
  #ahead = 0;
  /** Missing since the last record that opened: content bytes, and bytes of records that are not told apart. */
  #missingPlain = 0;
  #missingBytes = 0;
  #failures = 0;
  #effort = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #opaque = false;

  constructor(side: Side, parties: Parties, budget: Budget) {
    this.#side = side;
    this.#parties = parties;
    this.#budget = budget;
    this.#records = new Records(this, budget);
    this.#handshake = new HandshakeReader((type, body, length) => parties.message(side, type, body, length), budget);
  }

  /** Nothing of it is read. */
  get opaque(): boolean {
    return this.#opaque;
  }

  /** Packet number of the first record that waits; `null` when none does. */
  get waiting(): number | null {
    return this.#waiting[0]?.place.ref ?? null;
  }

  get protected(): boolean {
    return this.#stage !== stage.clear;
  }

  feed(piece: Piece): void {
    if (this.#opaque) {
      this.#missingBytes += piece.to - piece.from;
      return;
    }
    this.#effort = Math.max(0, this.#effort - effortPerByte * (piece.to - piece.from));
    this.#records.feed(piece);
  }

  gap(length: number): void {
    if (this.#opaque) this.#missingBytes += length;
    else this.#records.gap(length);
  }

  /** Begins the next stage: keys are changed behind this record. */
  turn(next = this.#stage + 1): void {
    this.#stage = next;
    this.#opener = null;
    this.#next = null;
    this.#seq = 0;
    this.#handshake.reset();
  }

  /** Goes on with the record that has waited longest, if it can be read now. */
  resume(): boolean {
    const first = this.#waiting[0];
    if (first === undefined || this.#ready(first.bytes[0]!) !== 'now') return false;
    this.#waiting.shift();
    this.#charge(-first.bytes.length - perRecord);
    this.#take(first.bytes, 0, first.bytes.length, first.place, false);
    return true;
  }

  /** Tells what is missing at the end, and lets go of what is held. */
  close(): void {
    this.#stop();
    this.#tellGap(0);
  }

  record(bytes: Buffer, from: number, to: number, place: Place, unsure: boolean): boolean {
    const ready = this.#waiting.length > 0 ? 'later' : this.#ready(bytes[from]!);
    if (ready === 'now') return this.#take(bytes, from, to, place, unsure);
    // Behind a hole nothing can be told without keys.
    if (ready === 'never' || unsure || !this.#wait(bytes, from, to, place)) this.#stop();
    return true;
  }

  cut(bytes: number): void {
    if (this.#waiting.length > 0) {
      this.#stop();
    } else if (this.#stage === stage.clear) {
      this.#handshake.reset(true);
    } else {
      this.#seq++;
      this.#opener ??= this.#parties.opener(this.#side, this.#stage);
      this.#missingPlain += bytes - (this.#opener?.overhead ?? headerLength);
      // What is missing may be a message that changes keys.
      this.#handshake.reset(this.#stage < stage.data);
    }
  }

  missed(bytes: number): void {
    if (this.#waiting.length > 0) this.#stop();
    else this.#miss(bytes, bytes / shortest);
  }

  #miss(bytes: number, records: number): void {
    this.#missingBytes += bytes;
    this.#ahead = Math.min(maxAhead, this.#ahead + records);
    this.#handshake.reset(this.#stage < stage.data);
  }

  // Hot: once a record.
  /** Whether a record of this type can be read: its keys are there, or it needs none. */
  #ready(type: number): 'now' | 'later' | 'never' {
    const { version } = this.#parties;
    if (this.#stage === stage.clear) {
      if (type === content.handshake || type === content.alert) return 'now';
      if (version === 0) return this.#missing();
      if (type === content.changeCipherSpec) return 'now';
      if (version !== 0x0304) {
        // ChangeCipherSpec and Finished are missing.
        this.turn();
        this.#ahead += 4;
      } else if (type === content.data) {
        const first = this.#parties.firstStage(this.#side);
        if (first === null) return this.#missing();
        this.turn(first);
      }
    }
    if (version === 0x0304 && type !== content.data) return 'now';
    this.#opener ??= this.#parties.opener(this.#side, this.#stage);
    return this.#opener === null ? this.#missing() : 'now';
  }

  #missing(): 'later' | 'never' {
    return this.#parties.mayWait(this.#side) ? 'later' : 'never';
  }

  #wait(bytes: Buffer, from: number, to: number, place: Place): boolean {
    if (this.#waitingBytes + to - from > maxWaiting || this.#budget.held > maxBudget) return false;
    this.#waiting.push({ bytes: Buffer.from(bytes.subarray(from, to)), place: { ...place } });
    this.#charge(to - from + perRecord);
    return true;
  }

  #take(bytes: Buffer, from: number, to: number, place: Place, unsure: boolean): boolean {
    const type = bytes[from]!;
    const tls13 = this.#parties.version === 0x0304;
    if (this.#stage === stage.clear) {
      if (type === content.changeCipherSpec && !tls13) return this.#change(bytes, from, to, unsure);
      // Behind a hole nothing shows that a record in clear is one.
      if (type === content.handshake && !unsure) this.#handshake.feed(bytes, from + headerLength, to);
      return !unsure;
    }
    if (!tls13 || type === content.data) return this.#open(bytes, from, to, place, unsure);
    // Of TLS 1.3 nothing in clear matters any more: ChangeCipherSpec, or a second ClientHello behind early data.
    return !unsure;
  }

  /** ChangeCipherSpec is one byte of the value 1 (RFC 5246, section 7.1). */
  #change(bytes: Buffer, from: number, to: number, unsure: boolean): boolean {
    if (to - from !== headerLength + 1 || bytes[from + headerLength] !== 1) return !unsure;
    this.turn();
    this.#missingBytes = 0;
    this.#ahead = 0;
    return true;
  }

  // Hot: once a record. The first trial opens it, unless something is missing.
  #open(bytes: Buffer, from: number, to: number, place: Place, unsure: boolean): boolean {
    const opener = this.#opener!;
    let seq = this.#seq;
    let plain = opener.open(seq, bytes, from, to);
    for (let n = 1; plain === null && n <= this.#ahead && this.#tries(to - from); n++) {
      seq = this.#seq + n;
      plain = opener.open(seq, bytes, from, to);
    }
    opener.passed(bytes, to);
    if (plain !== null) {
      if (this.#missingBytes > 0 || this.#missingPlain > 0) this.#tellGap(seq - this.#seq);
    } else {
      const turned = this.#openNext(bytes, from, to);
      if (turned === null) return this.#fail(to - from, unsure);
      plain = turned;
      seq = this.#seq;
    }
    this.#seq = seq + 1;
    this.#ahead = 0;
    this.#failures = 0;
    this.#parties.opened();
    this.#deliver(bytes[from]!, plain, place);
    return true;
  }

  /** The message that changed the keys may be what is missing: tries those behind these. */
  #openNext(bytes: Buffer, from: number, to: number): Buffer | null {
    if (this.#parties.version !== 0x0304) return null;
    this.#next ??= this.#parties.opener(this.#side, this.#stage + 1);
    const next = this.#next;
    for (let seq = 0; next !== null && seq <= this.#ahead && this.#tries(to - from); seq++) {
      const plain = next.open(seq, bytes, from, to);
      if (plain === null) continue;
      // Of a handshake nothing is missing, and nothing of the data when this is its first record.
      if (this.#stage !== stage.handshake || seq === 0) this.#tellGap(0);
      this.turn();
      this.#opener = next;
      this.#seq = seq;
      this.#tellGap(0);
      return plain;
    }
    return null;
  }

  #tries(bytes: number): boolean {
    this.#effort += bytes + effortPerTrial;
    return this.#effort <= effort;
  }

  #fail(bytes: number, unsure: boolean): boolean {
    this.#failures++;
    if (this.#failures > maxFailures || this.#effort > effort) {
      this.#tellGap(0);
      this.#parties.lost(this.#side);
      this.#stop();
      return true;
    }
    if (unsure) return false;
    this.#miss(bytes, 1);
    return true;
  }

  #deliver(type: number, plain: Buffer, place: Place): void {
    let length = plain.length;
    if (this.#parties.version === 0x0304) {
      // The type stands behind the content and before the padding (RFC 8446, section 5.2).
      while (length > 0 && plain[length - 1] === 0) length--;
      if (length === 0) return;
      type = plain[--length]!;
    }
    if (type === content.data) {
      if (length > 0) this.#parties.plain(this.#side, plain, length, place);
    } else if (type === content.handshake) {
      this.#handshake.feed(plain, 0, length);
    } else if (type === content.alert) {
      if (length === 2 && plain[1] === 0) this.#parties.closed(this.#side);
    } else if (type === content.changeCipherSpec) {
      this.turn();
    }
  }

  /** What is missing before a record, of which `records` are counted: exact where records have one overhead. */
  #tellGap(records: number): void {
    // In a handshake no application data is missing, unless it is not read on.
    if (this.#stage === stage.handshake && this.#parties.version === 0x0304 && !this.#opaque) {
      this.#missingBytes = 0;
      this.#missingPlain = 0;
    }
    const overhead = this.#opener?.overhead ?? headerLength;
    const length = this.#missingPlain + Math.max(0, this.#missingBytes - records * overhead);
    this.#missingPlain = 0;
    this.#missingBytes = 0;
    if (length > 0) this.#parties.missing(this.#side, length);
  }

  #stop(): void {
    this.#opaque = true;
    this.#missingBytes += this.#waitingBytes;
    this.#charge(-this.#waitingBytes);
    this.#waiting = [];
    this.#handshake.reset(true);
    this.#records.stop();
    this.#opener = null;
    this.#next = null;
  }

  #charge(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#budget.held += bytes;
  }
}
