import type { Exchange } from '#collectors/traffic/exchange';
import { type CaptureInput, readBlocks } from './input/read.ts';
import { Pipeline } from './pipeline.ts';
import { newReading, type Reading } from './reading.ts';
import { KeyLog } from './tls/key-log.ts';

/**
 * The exchanges of a capture, each with its own heads, when its answer has ended; requests without an answer come with status 0
 * when their connection is over. What else there was, and why it was not read to its end, is told in `reading`;
 * `progress` hears how many bytes were read.
 *
 * @throws what opening or reading the capture throws, and the signal's reason once it is aborted.
 */
export async function* readExchanges(
  input: CaptureInput,
  signal: AbortSignal,
  reading: Reading = newReading(),
  progress: (bytes: number) => void = () => undefined,
  keys: KeyLog = new KeyLog(),
): AsyncGenerator<Exchange> {
  let ready: Exchange[] = [];
  const pipeline = new Pipeline((exchange) => void ready.push(exchange), reading, { interest: null, keys });
  const blocks = readBlocks(input, pipeline, signal);
  try {
    for (let block = await blocks.next(); ; block = await blocks.next()) {
      if (block.done) {
        reading.trouble = block.value ?? reading.trouble;
        break;
      }
      progress(block.value);
      yield* ready;
      ready = [];
    }
  } finally {
    await blocks.return(null);
  }
  pipeline.close();
  yield* ready;
}
