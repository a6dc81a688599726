/** Bytes that grow at their end, and are used again. */
export class Bytes {
  buffer: Buffer;
  length = 0;

  constructor(size = 4_096) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  clear(): void {
    this.length = 0;
  }

  /** In latin1. */
  text(text: string): void {
    this.#room(text.length);
    this.length += this.buffer.write(text, this.length, 'latin1');
  }

  bytes(bytes: Buffer, from = 0, to = bytes.length): void {
    this.#room(to - from);
    this.length += bytes.copy(this.buffer, this.length, from, to);
  }

  byte(value: number): void {
    this.#room(1);
    this.buffer[this.length++] = value;
  }

  #room(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + more));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
