import type { Exchange } from '#collectors/traffic/exchange';
import type { CaptureInput } from './input/read.ts';
import { memoryKeeper } from './memory.ts';
import { newReading, type Reading } from './reading.ts';
import { RotationReader } from './rotation/reader.ts';
import { KeyLog } from './tls/key-log.ts';

/** A capture whose exchanges are read. */
export interface ReadExchangesOptions {
  input: CaptureInput;
  /** How exchanges that end in a later file name it. */
  name: string;
  /** Gets what else there was, and why the capture was not read to its end. */
  reading: Reading;
  /** Path of the file that may go on with it; `null` when there is none. */
  next: string | null;
  /** Hears how many bytes were read. */
  progress(bytes: number): void;
}

/**
 * The exchanges of a rotation's next file, each with its own heads, when its answer has ended; requests without an answer come with
 * status 0 when their connection is over.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function* readOn(
  reader: RotationReader,
  { next, progress, ...file }: ReadExchangesOptions,
  signal: AbortSignal,
): AsyncGenerator<Exchange> {
  const keepMemory = memoryKeeper(true);
  let ready: Exchange[] = [];
  const to = { firstBelow: 0, add: (exchange: Exchange) => void ready.push(exchange) };
  for await (const bytes of reader.read({ ...file, to }, signal)) {
    progress(bytes);
    keepMemory();
    yield* ready;
    ready = [];
  }
  await reader.end(next, signal);
  yield* ready;
}

/** {@link readOn} of a capture that stands alone. */
export function readExchanges(
  input: CaptureInput,
  signal: AbortSignal,
  reading: Reading = newReading(),
  progress: (bytes: number) => void = () => undefined,
  keys: KeyLog = new KeyLog(),
): AsyncGenerator<Exchange> {
  const reader = new RotationReader({ alike: false, keys });
  return readOn(reader, { input, name: '', reading, next: null, progress }, signal);
}
