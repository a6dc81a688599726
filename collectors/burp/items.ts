import { BoundedPiece } from '#collectors/traffic/log/bounded-piece';
import type { Splitter, Take } from '#collectors/traffic/log/lines';

/** Bytes of one item; its bodies are in it. */
const maxItem = 16_777_216;

const open = Buffer.from('<item>');
const close = Buffer.from('</item>');
const overlap = close.length - 1;

/** The `<item>` elements of Burp's XML, each with its tags. Keeps one of them between calls. */
export class Items implements Splitter {
  readonly #piece = new BoundedPiece(maxItem);
  #inside = false;
  /** The last bytes of the piece before, in which a tag may begin. */
  #tail = Buffer.alloc(0);

  get tooLong(): number {
    return this.#piece.tooLong;
  }

  push(bytes: Buffer, take: Take): void {
    const whole = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    let at = 0;
    for (;;) {
      const found = whole.indexOf(this.#inside ? close : open, at);
      const end = found < 0 ? Math.max(at, whole.length - overlap) : this.#inside ? found + close.length : found;
      if (this.#inside) this.#piece.keep(whole, at, end);
      at = end;
      if (found < 0) break;
      if (this.#inside) this.#piece.tell(take, false);
      this.#inside = !this.#inside;
    }
    this.#tail = Buffer.from(whole.subarray(at));
  }

  end(take: Take): void {
    if (!this.#inside) return;
    this.#piece.keep(this.#tail, 0, this.#tail.length);
    this.#piece.tell(take, true);
    this.#inside = false;
  }
}
