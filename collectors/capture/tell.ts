import { resolve } from 'node:path';
import type { ExchangeEmission, Run } from '#collectors/collector';
import type { Exchange } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter } from '#collectors/traffic/own-hosts';
import { readExchanges } from './exchanges.ts';
import { findCaptures } from './find.ts';
import type { CaptureConfig } from './index.ts';
import type { CaptureInput } from './input/read.ts';
import { newReading, type Reading } from './reading.ts';
import { plane, reportOf } from './scope-report.ts';
import { unreadable } from './task.ts';
import type { KeyLog } from './tls/key-log.ts';
import { noSecrets, readKeyLog, type Secrets } from './tls/read-key-log.ts';

/** Every exchange of every capture as it was read, in the order of recording. */
export async function* tell(config: CaptureConfig, run: Run): AsyncGenerator<ExchangeEmission> {
  const { keylog } = config;
  const secrets = keylog === undefined ? noSecrets() : await readKeyLog(resolve(run.root, keylog), keylog, run.signal);
  if (config.paths.includes('-')) yield* tellCapture(process.stdin, 'stdin', config, secrets, run);
  const paths = config.paths.filter((path) => path !== '-');
  if (paths.length === 0) return;
  const { captures, failures } = await findCaptures(paths, run);
  for (const report of failures) {
    yield { type: 'begin', scope: report.scope, plane };
    yield { type: 'end', report };
  }
  for (const { absolute, path, size } of captures) yield* tellCapture(absolute, path, config, secrets, run, size);
}

async function* tellCapture(
  input: CaptureInput,
  scope: string,
  { hosts }: CaptureConfig,
  { keys, problem }: Secrets,
  run: Run,
  total?: number,
): AsyncGenerator<ExchangeEmission> {
  yield { type: 'begin', scope, plane };
  const fold = new Fold(scope, {}, hostFilter(hosts));
  const reading = newReading();
  const progress = (done: number) =>
    run.progress({ done, ...(total === undefined ? {} : { total }), unit: 'bytes', at: scope });
  for await (const exchange of exchangesOf(input, reading, keys, run, progress)) {
    fold.add(exchange);
    yield { type: 'exchange', exchange };
  }
  yield { type: 'end', report: reportOf(scope, { summary: fold.summary(), reading, keyLogProblem: problem }) };
}

/** What keeps the file from being read, the reading's `trouble` tells. */
async function* exchangesOf(
  input: CaptureInput,
  reading: Reading,
  keys: KeyLog,
  { signal }: Run,
  progress: (bytes: number) => void,
): AsyncGenerator<Exchange> {
  try {
    yield* readExchanges(input, signal, reading, progress, keys);
  } catch (error) {
    signal.throwIfAborted();
    // Only what the file system says is expected here.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    reading.trouble = unreadable(error as NodeJS.ErrnoException);
  }
}
