import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Trouble } from '#collectors/capture/input/format';
import type { PacketSink } from '#collectors/capture/input/packets';
import { type CaptureInput, readCapture } from '#collectors/capture/input/read';

export interface Received {
  number: number;
  at: number;
  link: number;
  /** On the wire. */
  length: number;
  data: Buffer;
}

/** Keeps what it is given. */
export class Receiver implements PacketSink {
  readonly packets: Received[] = [];
  readonly keyLogs: string[] = [];

  packet(bytes: Buffer, from: number, to: number, length: number, at: number, link: number, number: number): void {
    this.packets.push({ number, at, link, length, data: Buffer.from(bytes.subarray(from, to)) });
  }

  secrets(keyLog: string): void {
    this.keyLogs.push(keyLog);
  }
}

export interface Outcome extends Pick<Receiver, 'packets' | 'keyLogs'> {
  trouble: Trouble | null;
}

export async function received(input: CaptureInput): Promise<Outcome> {
  const receiver = new Receiver();
  const trouble = await readCapture(input, receiver, { signal: new AbortController().signal });
  return { packets: receiver.packets, keyLogs: receiver.keyLogs, trouble };
}

/** From a file. */
export async function fromFile(bytes: Buffer): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-input-'));
  try {
    const path = join(folder, 'named.txt');
    await writeFile(path, bytes);
    return await received(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** From a stream, in pieces that end at `cuts`. */
export function fromStream(bytes: Buffer, cuts: readonly number[] = []): Promise<Outcome> {
  const ends = [...cuts, bytes.length].sort((a, b) => a - b);
  const pieces = ends
    .map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end))
    .filter(({ length }) => length > 0);
  return received(Readable.from(pieces));
}
