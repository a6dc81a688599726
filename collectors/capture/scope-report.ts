import type { Emission } from '#collectors/collector';
import type { Problem, ScopeReport } from '#model/scope';
import { losses, sawPackets, untoldHosts, whyNothing } from './report.ts';
import type { Outcome } from './task.ts';
import { closedSightings } from './tls/sightings.ts';

export const plane = 'observed';

/** What a capture's scope comes to. */
export function reportOf(scope: string, { summary, reading, keyLogProblem }: Omit<Outcome, 'sightings'>): ScopeReport {
  const { tally, trouble, from, to } = reading;
  const lost = losses(tally, scope);
  // A key log that fails matters where there is something to decrypt.
  if (keyLogProblem !== null && tally.tls > 0) lost.push(keyLogProblem);
  const problems: Problem[] = [...lost, ...untoldHosts(tally, scope), ...summary.problems];
  if (trouble !== null) {
    const { where } = trouble.problem;
    problems.unshift({ ...trouble.problem, where: where === undefined ? scope : `${scope}: ${where}` });
  }
  const nothing = trouble !== null && tally.packets === 0 ? 'nothing was read' : whyNothing(tally);
  const met = tally.requests + tally.responses > 0 ? summary.saw : nothing;
  return {
    scope,
    plane,
    completeness: trouble?.completeness ?? (lost.length > 0 ? 'partial' : 'complete'),
    saw: `${sawPackets(tally)}; ${met}`,
    problems,
    // The capture's span, not that of its exchanges: silence was observed too.
    covers: { ...summary.covers, ...(from === null || to === null ? {} : { from, to }) },
  };
}

/** All that is told of a capture, from the beginning of its scope to its end; of hosts in TLS, those that are `wanted`. */
export function* told(
  scope: string,
  outcome: Outcome,
  signal: AbortSignal,
  wanted?: (host: string) => boolean,
): Generator<Emission> {
  yield { type: 'begin', scope, plane };
  const closed = closedSightings(outcome.reading.tally.tlsHosts, scope, wanted);
  for (const sighting of [...outcome.sightings, ...closed]) {
    signal.throwIfAborted();
    yield { type: 'sighting', sighting };
  }
  yield { type: 'end', report: reportOf(scope, outcome) };
}

/** Of a place where there is no capture to read. */
export function failedReport(scope: string, problems: Problem[]): ScopeReport {
  const saw = problems.map(({ message }) => message).join('; ');
  return { scope, plane, completeness: 'failed', saw, problems, covers: {} };
}
