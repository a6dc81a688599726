import { Fold, type FoldState } from '#collectors/traffic/fold';
import { hostFilter } from '#collectors/traffic/own-hosts';
import type { FoldLimits, FoldSummary } from '#collectors/traffic/summary';
import type { Problem } from '#model/scope';
import type { Sighting } from '#model/sighting';
import type { Trouble } from './input/format.ts';
import { type CaptureInput, readCapture } from './input/read.ts';
import { growSlowly } from './memory.ts';
import { Pipeline } from './pipeline.ts';
import { newReading, type Reading } from './reading.ts';
import { addTally, type PackedTally, packTally } from './tally.ts';
import type { Part } from './tcp/flows.ts';
import type { KeyLog } from './tls/key-log.ts';
import { noSecrets, readKeyLog } from './tls/read-key-log.ts';

/** A capture file to be read and folded. Plain data: another thread may do it. */
export interface Task {
  /** Absolute. */
  path: string;
  /** In bytes. */
  size: number;
  scope: string;
  hosts: readonly string[] | undefined;
  /** The key log's absolute path, and as the configuration names it. */
  keyLog: { path: string; name: string } | undefined;
  /** Which of its connections; without it all of them. */
  part: Part | undefined;
}

interface Read {
  reading: Reading;
  /** What hindered the reading of the key log. */
  keyLogProblem: Problem | null;
}

/** A capture, or a part of it, in a fold. */
export interface Folded extends Read {
  fold: Fold;
}

/** What a capture came to. */
export interface Outcome extends Read {
  sightings: Sighting[];
  summary: FoldSummary;
}

/** As plain data, which goes from thread to thread (structured clone). */
type Packed<R extends Read> = Omit<R, 'reading' | 'fold'> & { reading: Omit<Reading, 'tally'>; tally: PackedTally };
export type PackedOutcome = Packed<Outcome>;
export type PackedFolded = Packed<Folded> & { state: FoldState };

/**
 * Reads and folds a capture file; `progress` hears how many of its bytes were read. What the file system says is told in the reading's
 * trouble.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function foldFile(task: Task, signal: AbortSignal, progress: (bytes: number) => void): Promise<Folded> {
  const { path, scope, hosts, keyLog, part } = task;
  const secrets = keyLog === undefined ? noSecrets() : await readKeyLog(keyLog.path, keyLog.name, signal);
  const fold = new Fold(scope, limits, hostFilter(hosts));
  const reading = newReading();
  await readInto(fold, path, reading, secrets.keys, signal, progress, part);
  return { fold, reading, keyLogProblem: secrets.problem };
}

/** Reads a capture to its end, into a fold. */
export async function readInto(
  fold: Pick<Fold, 'add' | 'firstBelow'>,
  input: CaptureInput,
  reading: Reading,
  keys: KeyLog,
  signal: AbortSignal,
  progress: (bytes: number) => void,
  part?: Part,
): Promise<void> {
  const pipeline = new Pipeline((exchange) => fold.add(exchange), reading, {
    interest: fold,
    keys,
    ...(part && { part }),
  });
  try {
    growSlowly();
    reading.trouble = (await readCapture(input, pipeline, { signal, progress })) ?? reading.trouble;
  } catch (error) {
    signal.throwIfAborted();
    // Only what the file system says is expected here.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    reading.trouble = unreadable(error as NodeJS.ErrnoException);
  }
  pipeline.close();
}

export function outcomeOf({ fold, ...read }: Folded): Outcome {
  return { ...read, sightings: fold.sightings(), summary: fold.summary() };
}

export function packFolded({ fold, ...read }: Folded): PackedFolded {
  return { ...pack(read), state: fold.state() };
}

export function pack<R extends Read>({ reading: { tally, ...reading }, ...rest }: R): Packed<R> {
  return { ...rest, reading, tally: packTally(tally) } as Packed<R>;
}

export function unpack({ tally, reading, ...rest }: PackedOutcome): Outcome {
  const whole = newReading();
  addTally(whole.tally, tally);
  return { ...rest, reading: { ...whole, ...reading } };
}

/** The parts of one capture as a whole: exactly what one thread alone would have come to. */
export function uniteParts(task: Task, parts: readonly PackedFolded[]): Outcome {
  const fold = new Fold(task.scope, limits, hostFilter(task.hosts));
  const reading = newReading();
  for (const { state, reading: one, tally } of parts) {
    fold.absorb(state);
    addTally(reading.tally, tally);
    reading.trouble ??= one.trouble;
    reading.first ??= one.first;
    reading.from ??= one.from;
    reading.to ??= one.to;
  }
  return outcomeOf({ fold, reading, keyLogProblem: parts[0]?.keyLogProblem ?? null });
}

/** Operations of one capture: past it the rarest of many siblings, words that are ids, are told apart no more. */
const limits: Partial<FoldLimits> = { sightings: 10_000 };

/** Why a file was not read, by what the file system says. */
export function unreadable({ code }: NodeJS.ErrnoException): Trouble {
  const denied = code === 'EACCES' || code === 'EPERM';
  return {
    completeness: denied ? 'denied' : 'failed',
    problem: { message: `cannot be read (${code})`, mend: 'give the user who scans the right to read it' },
  };
}
