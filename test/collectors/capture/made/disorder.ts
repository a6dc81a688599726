import type { PacketWriter } from './packets.ts';
import type { Random } from './random.ts';

/** Decides which packets are late or sent twice, and who acknowledges, so that their shares of all packets come out as wanted. */
export class Disorder {
  readonly #writer: PacketWriter;
  readonly #random: Random;
  reordered = 0;
  repeated = 0;

  constructor(writer: PacketWriter, random: Random) {
    this.#writer = writer;
    this.#random = random;
  }

  /** Whether a segment comes behind the one that follows it: 1 % of packets. */
  late(): boolean {
    if (this.reordered >= this.#writer.packets * 0.01 || !this.#random.chance(0.2)) return false;
    this.reordered++;
    return true;
  }

  /** Whether a segment is sent again: 0.5 % of packets. */
  again(): boolean {
    if (this.repeated >= this.#writer.packets * 0.005 || !this.#random.chance(0.1)) return false;
    this.repeated++;
    return true;
  }

  /** Whether data is acknowledged at once: so often that 45 % of packets do nothing else. */
  acknowledge(): boolean {
    return this.#writer.acks < this.#writer.packets * 0.45;
  }
}
