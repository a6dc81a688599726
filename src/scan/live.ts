import stringWidth from 'string-width';
import type { Progress } from '#collectors/collector';
import type { ScanEvent, SourceOutcome } from './event.ts';
import { extent } from './extent.ts';
import { durationText } from './figures.ts';
import { outcomeLine } from './progress.ts';

/** What a live view shows of a scan, made from its events by {@link advance}. */
export interface LiveState {
  readonly sources: readonly LiveSource[];
}

interface LiveSource {
  readonly name: string;
  /** Epoch milliseconds; `null` while it waits for its turn. */
  readonly startedAt: number | null;
  readonly progress: Progress | null;
  readonly sightings: number;
  readonly outcome: SourceOutcome | null;
}

export const idle: LiveState = { sources: [] };

export function advance(state: LiveState, event: ScanEvent): LiveState {
  switch (event.type) {
    case 'scan-started':
      return {
        sources: event.sources.map(({ name }) => ({
          name,
          startedAt: null,
          progress: null,
          sightings: 0,
          outcome: null,
        })),
      };
    case 'source-started':
      return changed(state, event.source, { startedAt: event.at });
    case 'progress':
      return changed(state, event.source, { progress: event.progress, sightings: event.sightings });
    case 'source-ended':
      return changed(state, event.source, { outcome: event.outcome });
    case 'scope-ended':
    case 'view-built':
      return state;
  }
}

/**
 * The live view at a moment: a line for every source that is being read, those that went wrong, and how many are done and waiting.
 * No line is wider than `width` columns, and there are no more than `height`.
 */
export function liveLines({ sources }: LiveState, now: number, width: number, height = 12): string[] {
  const reading = sources.filter(({ startedAt, outcome }) => startedAt !== null && !outcome);
  const ended = sources.flatMap(({ outcome }) => (outcome ? [outcome] : []));
  const wrong = ended.filter(({ status }) => status !== 'ok');
  const waiting = sources.length - reading.length - ended.length;
  const lines = [...wrong.map(outcomeLine), ...reading.map((source) => readingLine(source, now))];
  const counts = [`${ended.length} of ${sources.length} sources done`];
  if (waiting > 0) counts.push(`${waiting} waiting`);
  const room = Math.max(0, height - 1);
  if (lines.length > room) counts.push(`${lines.length - room} not shown`);
  return [...(room === 0 ? [] : lines.slice(-room)), counts.join(', ')].map((line) => fitted(line, width));
}

function readingLine({ name, startedAt, progress, sightings }: LiveSource, now: number): string {
  const ms = now - (startedAt ?? now);
  if (!progress) return `${name}: reading, ${durationText(ms)}`;
  const at = progress.at === undefined ? '' : `, ${progress.at}`;
  return `${name}: ${extent(progress, sightings, ms)}${at}`;
}

function changed(state: LiveState, name: string, part: Partial<LiveSource>): LiveState {
  return { sources: state.sources.map((source) => (source.name === name ? { ...source, ...part } : source)) };
}

/** A text on one line, cut to a width; what would move the cursor is taken out. */
function fitted(text: string, width: number): string {
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
  if (stringWidth(line) <= width) return line;
  let cut = '';
  let columns = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)) {
    columns += stringWidth(segment);
    if (columns > width - 1) break;
    cut += segment;
  }
  return width > 0 ? `${cut}…` : '';
}
