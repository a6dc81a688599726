import type { Budget } from '#collectors/capture/tcp/receiver';

/** What is kept at most, whatever size was agreed on: what would stand behind is then unknown. */
const maxSize = 65_536;
const defaultSize = 4_096;
/** What an entry counts beside its text (RFC 7541, section 4.1). */
const overhead = 32;

/**
 * The dynamic table of one direction (RFC 7541, section 2.3.2), newest entry first. When the capture began late or bytes were lost,
 * entries older than those seen since are there and not known.
 *
 * An entry whose name is unknown counts too little, so that it stays longer than in the encoder's table: that does no harm, since
 * nothing refers to what the encoder dropped.
 */
export class DynamicTable {
  /** Moves with every change of what an index means. */
  version = 0;
  /** Whether there may be entries behind those that are known. */
  partial = false;
  readonly #budget: Budget;
  /** Rings: entry `i` from the newest stands at `(#next - 1 - i) & (length - 1)`. */
  #names: (string | null)[] = [];
  #values: string[] = [];
  #next = 0;
  #size = 0;
  #maxSize = defaultSize;
  /** Entries that are known. */
  count = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** `null` for a name that is not known. */
  name(index: number): string | null {
    return this.#names[(this.#next - 1 - index) & (this.#names.length - 1)]!;
  }

  value(index: number): string {
    return this.#values[(this.#next - 1 - index) & (this.#values.length - 1)]!;
  }

  insert(name: string | null, value: string): void {
    this.version++;
    const size = sizeOf(name, value);
    this.#shrink(this.#maxSize - size);
    if (size > this.#maxSize) return;
    if (this.count === this.#names.length) this.#grow();
    const at = this.#next++ & (this.#names.length - 1);
    this.#names[at] = name;
    this.#values[at] = value;
    this.count++;
    this.#size += size;
    this.#budget.held += size;
  }

  /** The encoder set another size (section 6.3). At none the table is empty, and so known again. */
  resize(size: number): void {
    this.version++;
    if (size === 0) this.partial = false;
    if (size > maxSize) this.partial = true;
    this.#maxSize = Math.min(size, maxSize);
    this.#shrink(this.#maxSize);
  }

  /** Insertions were lost, nobody knows how many. */
  forget(): void {
    this.version++;
    this.partial = true;
    // The size may have been set anew too; what is kept too long does no harm.
    this.#maxSize = maxSize;
    this.#shrink(0);
  }

  release(): void {
    this.#shrink(0);
  }

  #shrink(room: number): void {
    while (this.count > 0 && this.#size > room) {
      const oldest = this.count - 1;
      const size = sizeOf(this.name(oldest), this.value(oldest));
      const at = (this.#next - this.count) & (this.#names.length - 1);
      this.#names[at] = null;
      this.#values[at] = '';
      this.#size -= size;
      this.#budget.held -= size;
      this.count = oldest;
    }
  }

  #grow(): void {
    const names: (string | null)[] = [];
    const values: string[] = [];
    for (let i = this.count - 1; i >= 0; i--) {
      names.push(this.name(i));
      values.push(this.value(i));
    }
    const length = Math.max(16, this.count * 2);
    while (names.length < length) {
      names.push(null);
      values.push('');
    }
    this.#next = this.count;
    this.#names = names;
    this.#values = values;
  }
}

function sizeOf(name: string | null, value: string): number {
  return (name === null ? 0 : name.length) + value.length + overhead;
}
