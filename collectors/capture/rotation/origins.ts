/** Where a packet stands. */
export interface Origin {
  file: string;
  /** Its number there, from 1; 0 when that is not known any more. */
  ref: number;
}

/** Files that are told apart: those of six weeks, at one a minute. */
const mostFiles = 65_536;

/** The files of a rotation by the running numbers of their packets. */
export class Origins {
  #names: string[] = [];
  /** Packets before each. */
  #before: number[] = [];
  readonly #most: number;

  constructor(most = mostFiles) {
    this.#most = most;
  }

  /** A file begins, behind so many packets in all. */
  begin(file: string, before: number): void {
    if (this.#names.length >= this.#most) {
      const half = this.#most >> 1;
      this.#names = this.#names.slice(half);
      this.#before = this.#before.slice(half);
    }
    this.#names.push(file);
    this.#before.push(before);
  }

  /** Of a packet by its running number, from 1. */
  of(number: number): Origin {
    let low = 0;
    let high = this.#before.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#before[middle]! < number) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return { file: this.#names[0]!, ref: 0 };
    return { file: this.#names[low - 1]!, ref: number - this.#before[low - 1]! };
  }
}
