import { resolve } from 'node:path';
import type { ExchangeEmission, Run } from '#collectors/collector';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter } from '#collectors/traffic/own-hosts';
import { readOn } from './exchanges.ts';
import { findCaptures } from './find.ts';
import type { CaptureConfig } from './index.ts';
import type { CaptureInput } from './input/read.ts';
import { newReading } from './reading.ts';
import { RotationReader } from './rotation/reader.ts';
import { plane, reportOf } from './scope-report.ts';
import { noSecrets, readKeyLog, type Secrets } from './tls/read-key-log.ts';

/** A capture whose exchanges are told. */
interface Told {
  input: CaptureInput;
  scope: string;
  /** In bytes, where that is known. */
  size?: number;
  /** Path of the file that may go on with it. */
  next: string | null;
}

/** Every exchange of every capture as it was read, rotation after rotation in the order of recording. */
export async function* tell(config: CaptureConfig, run: Run): AsyncGenerator<ExchangeEmission> {
  const { keylog } = config;
  const secrets = keylog === undefined ? noSecrets() : await readKeyLog(resolve(run.root, keylog), keylog, run.signal);
  const newReader = () => new RotationReader({ alike: false, keys: secrets.keys });
  if (config.paths.includes('-')) {
    yield* tellCapture(newReader(), { input: process.stdin, scope: 'stdin', next: null }, config, secrets, run);
  }
  const paths = config.paths.filter((path) => path !== '-');
  if (paths.length === 0) return;
  const { rotations, failures } = await findCaptures(paths, run);
  for (const report of failures) {
    yield { type: 'begin', scope: report.scope, plane };
    yield { type: 'end', report };
  }
  for (const files of rotations) {
    const reader = newReader();
    for (const [i, { absolute, path, size }] of files.entries()) {
      const told = { input: absolute, scope: path, size, next: files[i + 1]?.absolute ?? null };
      yield* tellCapture(reader, told, config, secrets, run);
    }
  }
}

async function* tellCapture(
  reader: RotationReader,
  { input, scope, size, next }: Told,
  { hosts }: CaptureConfig,
  { problem }: Secrets,
  run: Run,
): AsyncGenerator<ExchangeEmission> {
  yield { type: 'begin', scope, plane };
  const fold = new Fold(scope, {}, hostFilter(hosts));
  const reading = newReading();
  const progress = (done: number) =>
    run.progress({ done, ...(size === undefined ? {} : { total: size }), unit: 'bytes', at: scope });
  for await (const exchange of readOn(reader, { input, name: scope, reading, next, progress }, run.signal)) {
    fold.add(exchange);
    yield { type: 'exchange', exchange };
  }
  yield { type: 'end', report: reportOf(scope, { summary: fold.summary(), reading, keyLogProblem: problem }) };
}
