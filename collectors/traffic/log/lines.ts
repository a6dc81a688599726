/**
 * Cuts what a log holds into its records: a line, a JSON object, an item. What it hands out is text of one byte a character
 * (latin1), so that nothing is decoded that nobody looks at; see {@link utf8}. It may keep the piece it came from in memory.
 */
export interface Splitter {
  /** Tells each record that these bytes complete, with its number, counted from 1. The bytes may be reused afterwards. */
  push(bytes: Buffer, take: Take): void;
  /** Tells what is left when the file ends: a record without its end. */
  end(take: Take): void;
  /** Records that were longer than the bound and were passed over. */
  readonly tooLong: number;
}

/**
 * `cut` is true for a record whose end is not in the file. A line that stands whole in the bytes that were pushed may be told with them: it
 * begins at `at`.
 */
export type Take = (record: string, number: number, cut: boolean, bytes?: Uint8Array, at?: number) => void;

/** Bytes. Servers bound what they log of a request far below. */
export const maxLine = 65_536;

/** Lines, ended by LF or CR LF. Empty ones are counted and not told. Keeps at most {@link maxLine} bytes between calls. */
export class Lines implements Splitter {
  tooLong = 0;
  #rest = '';
  /** The rest of a line that is too long is being passed over. */
  #over = false;
  #number = 0;

  /** Hot: a search and a slice a line, on one string a piece. */
  push(bytes: Buffer, take: Take): void {
    const first = bytes.indexOf(10);
    if (first < 0) {
      this.#keep(bytes, 0);
      return;
    }
    const head = this.#over ? '' : this.#rest + bytes.toString('latin1', 0, Math.min(first, maxLine));
    this.#rest = '';
    this.#tell(head, this.#over || first > maxLine, take);
    this.#over = false;
    const last = bytes.lastIndexOf(10);
    const text = bytes.toString('latin1', first + 1, last + 1);
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from);
      if (end - from > maxLine) this.#tell('', true, take);
      else this.#tell(text.slice(from, end), false, take, bytes, first + 1 + from);
      from = end + 1;
    }
    this.#keep(bytes, last + 1);
  }

  end(take: Take): void {
    if (this.#rest === '' && !this.#over) return;
    const rest = this.#rest;
    this.#rest = '';
    this.#number++;
    if (this.#over) this.tooLong++;
    else take(rest, this.#number, true);
  }

  #tell(line: string, over: boolean, take: Take, bytes?: Uint8Array, at?: number): void {
    this.#number++;
    if (over || line.length > maxLine) {
      this.tooLong++;
      return;
    }
    const text = line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line;
    if (text !== '') take(text, this.#number, false, bytes, at);
  }

  #keep(bytes: Buffer, from: number): void {
    if (this.#over || from === bytes.length) return;
    if (this.#rest.length + bytes.length - from > maxLine) {
      this.#over = true;
      this.#rest = '';
    } else this.#rest += bytes.toString('latin1', from);
  }
}

const beyondAscii = /[\x80-\xff]/;

/** The text that bytes of one character each stand for, read as UTF-8; what is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: string): string {
  return beyondAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes;
}
