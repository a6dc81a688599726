import type { Take } from './lines.ts';

/** One element of a file that comes in parts of any size. Keeps `most` bytes; a longer one is counted, and not told. */
export class BoundedPiece {
  tooLong = 0;
  readonly #most: number;
  #kept: Buffer[] = [];
  #size = 0;
  #over = false;
  #number = 0;

  constructor(most: number) {
    this.#most = most;
  }

  keep(bytes: Buffer, from: number, to: number): void {
    if (this.#over) return;
    this.#size += to - from;
    if (this.#size > this.#most) {
      this.#over = true;
      this.#kept = [];
    } else this.#kept.push(Buffer.from(bytes.subarray(from, to)));
  }

  /** It is over, or `cut` off; the next begins. */
  tell(take: Take, cut: boolean): void {
    this.#number++;
    if (this.#over) this.tooLong++;
    else take(Buffer.concat(this.#kept).toString('latin1'), this.#number, cut);
    this.#over = false;
    this.#kept = [];
    this.#size = 0;
  }
}
