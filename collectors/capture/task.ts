import { Fold, type FoldState } from '#collectors/traffic/fold';
import { hostFilter } from '#collectors/traffic/own-hosts';
import type { FoldLimits, FoldSummary } from '#collectors/traffic/summary';
import type { Problem } from '#model/scope';
import type { Sighting } from '#model/sighting';
import { newReading, type Reading } from './reading.ts';
import { addTally, type PackedTally, packTally } from './tally.ts';
import type { Part } from './tcp/flows.ts';

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
  /** In order. Each is made, or read, when its turn comes. */
  sightings: Iterable<Sighting>;
  summary: FoldSummary;
}

/** As plain data, which goes from thread to thread (structured clone). */
type Packed<R extends Read> = Omit<R, 'reading' | 'fold'> & { reading: Omit<Reading, 'tally'>; tally: PackedTally };
/** Its sightings as JSON, some in each piece: memory that changes hands without a copy. */
export type PackedOutcome = Packed<Omit<Outcome, 'sightings'>> & { sightings: Uint8Array<ArrayBuffer>[] };
export type PackedFolded = Packed<Folded> & { state: FoldState };

/** An empty fold for what a task's file holds. */
export function newFold({ scope, hosts }: Task): Fold {
  return new Fold(scope, limits, hostFilter(hosts));
}

export function outcomeOf({ fold, ...read }: Folded): Outcome {
  return { ...read, sightings: fold.told(), summary: fold.summary() };
}

export function packFolded({ fold, ...read }: Folded): PackedFolded {
  return { ...pack(read), state: fold.state() };
}

/** Sightings in one piece. */
const together = 256;

export function packOutcome({ sightings, ...outcome }: Outcome): PackedOutcome {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const encoder = new TextEncoder();
  let some: Sighting[] = [];
  const flush = () => {
    if (some.length > 0) pieces.push(encoder.encode(JSON.stringify(some)));
    some = [];
  };
  for (const sighting of sightings) {
    some.push(sighting);
    if (some.length >= together) flush();
  }
  flush();
  return { ...pack(outcome), sightings: pieces };
}

function* unpackSightings(pieces: readonly Uint8Array[]): Generator<Sighting> {
  for (const piece of pieces) yield* JSON.parse(new TextDecoder().decode(piece)) as Sighting[];
}

function pack<R extends Read>({ reading: { tally, ...reading }, ...rest }: R): Packed<R> {
  return { ...rest, reading, tally: packTally(tally) } as Packed<R>;
}

export function unpackOutcome({ tally, reading, sightings, ...rest }: PackedOutcome): Outcome {
  const whole = newReading();
  addTally(whole.tally, tally);
  return { ...rest, reading: { ...whole, ...reading }, sightings: unpackSightings(sightings) };
}

/** The parts of one capture as a whole: exactly what one thread alone would have come to. */
export function uniteParts(task: Task, parts: readonly PackedFolded[]): Outcome {
  const fold = newFold(task);
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
