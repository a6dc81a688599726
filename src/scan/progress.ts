import type { ScanEvent, SourceOutcome } from './event.ts';
import { extent } from './extent.ts';
import { amountText, durationText } from './figures.ts';

/** The least time between two lines that only say how far a source has come. */
const quietMs = 10_000;

/**
 * A scan's events as lines, for where nothing can be drawn over: one when a source starts and one when it ends, and of progress
 * no more than one every ten seconds in all. Answers no line for most events.
 */
export function progressLines(): (event: ScanEvent) => string[] {
  let lastProgress = Number.NEGATIVE_INFINITY;
  const started = new Map<string, number>();
  return (event) => {
    switch (event.type) {
      case 'source-started':
        started.set(event.source, event.at);
        return [`${event.source}: reading (${event.kind})`];
      case 'progress': {
        if (event.at - lastProgress < quietMs) return [];
        const since = started.get(event.source) ?? event.at;
        if (event.at - since < quietMs) return [];
        lastProgress = event.at;
        return [`${event.source}: ${extent(event.progress, event.sightings, event.at - since)}`];
      }
      case 'source-ended':
        return [outcomeLine(event.outcome)];
      case 'view-built':
        return [`${amountText(event.endpoints, 'endpoints')}, joined and judged in ${durationText(event.ms)}`];
      case 'scan-started':
      case 'scope-ended':
        return [];
    }
  };
}

/** `specs: 12 sightings in 3 scopes, 2.4 s`, or what went wrong. */
export function outcomeLine({ source, status, reason, scopes, sightings, ms }: SourceOutcome): string {
  const read = `${amountText(sightings, 'sightings')} in ${amountText(scopes.length, 'scopes')}, ${durationText(ms)}`;
  return status === 'ok' ? `${source}: ${read}` : `${source}: ${status} (${read}): ${reason}`;
}
