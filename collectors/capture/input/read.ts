import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { UnpackError, unpacked, unpacks } from '#collectors/unpack';
import type { Cutter } from './cutter.ts';
import { broken, formatOf, type Trouble, trouble } from './format.ts';
import type { PacketSink } from './packets.ts';
import { PcapCutter, pcapHeaderLength, readPcapHeader } from './pcap.ts';
import { PcapStreamCutter } from './pcap-stream.ts';
import { PcapngCutter } from './pcapng.ts';
import { type ByteSource, ChunkSource, FileSource, streamSource } from './source.ts';

/** A regular file's path, or a stream of a capture's bytes. */
export type CaptureInput = string | Readable;

export interface ReadOptions {
  signal: AbortSignal;
  /** Hears after each block how many bytes of the file or stream were taken, packed ones where it is packed. */
  progress?(bytes: number): void;
}

/**
 * Bytes in a block. Smaller ones cost more calls, larger ones fall out of the processor's cache; one buffer with the rest of a block
 * copied to its front was measured to beat two that take turns.
 */
const blockLength = 1_048_576;
/** Blocks that nobody uses: of a small file, to make one takes longer than to read it. */
const idle: Buffer[] = [];
const mostIdle = 4;
/** Blocks after which timers and signals get their turn. */
const blocksBetweenTurns = 4;

/**
 * Reads a capture into a sink: classic pcap of all variants or pcapng, plain or packed with gzip or zstd, as its first bytes say. A file or
 * stream that is cut, corrupt or none at all gives what stands before the break.
 *
 * @returns why it was not read to its end, with the packet and the byte; `null` when it was.
 * @throws what opening or reading throws (errors of the file system, with a `code`), and the signal's reason once it is aborted.
 */
export async function readCapture(
  input: CaptureInput,
  sink: PacketSink,
  options: ReadOptions,
): Promise<Trouble | null> {
  const blocks = readBlocks(input, sink, options.signal);
  for (;;) {
    const { done, value } = await blocks.next();
    if (done) return value;
    options.progress?.(value);
  }
}

/**
 * {@link readCapture} block by block, for who has to do something in between: yields how many bytes were taken each time the packets of
 * a block are in the sink, and returns the trouble. Nothing is read meanwhile. `began` gets the first block, unpacked, before its packets;
 * its bytes are used again.
 */
export async function* readBlocks(
  input: CaptureInput,
  sink: PacketSink,
  signal: AbortSignal,
  began: (head: Buffer) => void = () => undefined,
): AsyncGenerator<number, Trouble | null> {
  signal.throwIfAborted();
  const file = typeof input === 'string';
  const source = file ? new FileSource(input) : streamSource(input, signal);
  try {
    return yield* cutBlocks(source, sink, signal, file, began);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await source.close();
  }
}

async function* cutBlocks(
  source: ByteSource,
  sink: PacketSink,
  signal: AbortSignal,
  file: boolean,
  began: (head: Buffer) => void,
): AsyncGenerator<number, Trouble | null> {
  const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(blockLength);
  let bytes = source;
  let cutter: Cutter | null = null;
  let filled = 0;
  let from = 0;
  try {
    filled = await bytes.fill(buffer, 0);
    const packed = formatOf(buffer.subarray(0, filled));
    if (packed === 'gzip' || packed === 'zstd') {
      if (!unpacks(packed)) return noZstd();
      bytes = new ChunkSource(unpacked(chunksOf(source, Buffer.from(buffer.subarray(0, filled))), packed));
      filled = 0;
      filled = await bytes.fill(buffer, 0);
    }
    const chosen = choose(buffer.subarray(0, filled), sink, !file && bytes === source);
    if ('problem' in chosen) return chosen;
    ({ cutter, from } = chosen);
    began(buffer.subarray(0, filled));
    for (let blocks = 1; ; blocks++) {
      from = cutter.cut(buffer, from, filled);
      yield source.taken;
      if (cutter.trouble !== null) return placed(cutter.trouble, bytes === source);
      if (blocks % blocksBetweenTurns === 0) await setImmediate();
      signal.throwIfAborted();
      buffer.copyWithin(0, from, filled);
      filled -= from;
      from = 0;
      const read = await bytes.fill(buffer, filled);
      if (read === 0) return placed(cutter.end(filled), bytes === source);
      filled += read;
    }
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    // What is held back belongs to what was read.
    cutter?.end(filled);
    return broken(`it cannot be unpacked to its end (${error.message})`, source.taken);
  } finally {
    if (bytes !== source) await bytes.close();
    if (idle.length < mostIdle) idle.push(buffer);
  }
}

/** The cutter for what a capture begins with, and where it starts. */
function choose(head: Buffer, sink: PacketSink, stream: boolean): { cutter: Cutter; from: number } | Trouble {
  switch (formatOf(head)) {
    case 'pcapng':
      return { cutter: new PcapngCutter(sink), from: 0 };
    case 'pcap': {
      const header = readPcapHeader(head);
      if ('problem' in header) return header;
      const cutter = stream ? new PcapStreamCutter(header, sink) : new PcapCutter(header, sink);
      return { cutter, from: pcapHeaderLength };
    }
    case 'gzip':
    case 'zstd':
      return trouble('unsupported', 'the file is packed twice, which is not read', 'unpack it once');
    case null: {
      const message = head.length === 0 ? 'the file is empty' : 'the file is no packet capture';
      return trouble('failed', message, 'record one: tcpdump -i any -w FILE.pcap tcp');
    }
  }
}

/** What was taken already, and then the rest, in one buffer that is used again. */
async function* chunksOf(source: ByteSource, first: Buffer): AsyncGenerator<Buffer> {
  yield first;
  const chunk = Buffer.allocUnsafe(65_536);
  for (let read = await source.fill(chunk, 0); read > 0; read = await source.fill(chunk, 0)) {
    yield chunk.subarray(0, read);
  }
}

/** Bytes are counted in the capture, which says little of a file that is packed. */
function placed(found: Trouble | null, plain: boolean): Trouble | null {
  if (found === null || plain || found.problem.where === undefined) return found;
  return { ...found, problem: { ...found.problem, where: `${found.problem.where} of what is unpacked` } };
}

function noZstd(): Trouble {
  const message = `the file is packed with zstd, which needs Node.js 22.15 or newer, and this is ${process.versions.node}`;
  return trouble('unsupported', message, 'run a newer Node.js, or unpack it: zstd -d FILE');
}
