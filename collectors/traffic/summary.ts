import { counted, figure } from '#model/figure';
import type { Coverage, Problem } from '#model/scope';

/** How much a fold keeps at most, whatever the traffic. */
export interface FoldLimits {
  /** Operations. Past it noise goes first, then the widest groups of siblings become `{string}`. */
  sightings: number;
  /** Past it the hosts with the fewest exchanges are no longer told apart. */
  hosts: number;
  /** Callers that are told apart, so that probing can be known. */
  clients: number;
  /** Characters of what samples of exchanges told, of all operations, each text once. Past it fewer exchanges of each are looked into. */
  sampled: number;
}

/** What was folded, in figures. */
export interface FoldSummary {
  exchanges: number;
  covers: Coverage;
  /** Exchanges that are in no sighting: answered 404, 405 or 501 and never otherwise, failures of probing clients. */
  noise: number;
  preflights: number;
  /** Exchanges whose answer was seen. */
  answered: number;
  /** Clients that probe. */
  probing: number;
  /** Exchanges with a method, host or time that cannot be one. */
  refused: number;
  /** `1,204 exchanges, 37 operations on 3 hosts; 211 answers 404`. */
  saw: string;
  problems: Problem[];
}

/** A fold's own figures, as plain data. */
export interface Figures {
  exchanges: number;
  answered: number;
  notFound: number;
  preflights: number;
  elsewhere: number;
  /** Epoch milliseconds of the first and the last exchange; infinite before there was one. */
  from: number;
  to: number;
  /** Left out, as this cannot be one. */
  refused: { method: number; host: number; time: number };
  /** Exchanges that were forgotten for want of room, by what they were. */
  forgotten: { noise: number; rare: number };
  /** Limits that were met. */
  reached: { sightings: boolean; hosts: boolean };
}

export function noFigures(): Figures {
  return {
    exchanges: 0,
    answered: 0,
    notFound: 0,
    preflights: 0,
    elsewhere: 0,
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    refused: { method: 0, host: 0, time: 0 },
    forgotten: { noise: 0, rare: 0 },
    reached: { sightings: false, hosts: false },
  };
}

export function addFigures(into: Figures, from: Figures): void {
  into.exchanges += from.exchanges;
  into.answered += from.answered;
  into.notFound += from.notFound;
  into.preflights += from.preflights;
  into.elsewhere += from.elsewhere;
  into.from = Math.min(into.from, from.from);
  into.to = Math.max(into.to, from.to);
  into.refused.method += from.refused.method;
  into.refused.host += from.refused.host;
  into.refused.time += from.refused.time;
  into.forgotten.noise += from.forgotten.noise;
  into.forgotten.rare += from.forgotten.rare;
  into.reached.sightings ||= from.reached.sightings;
  into.reached.hosts ||= from.reached.hosts;
}

/** What operations, hosts and clients came to. */
export interface Outcome {
  operations: number;
  noise: number;
  /** Sorted. */
  hosts: string[];
  probing: number;
}

/** `where` is the evidence that problems name. */
export function summaryOf(figures: Figures, outcome: Outcome, limits: FoldLimits, where: string): FoldSummary {
  const { exchanges, answered, preflights, from, to, refused } = figures;
  const { hosts, noise, probing } = outcome;
  return {
    exchanges,
    covers: from <= to ? { hosts, from, to } : { hosts },
    noise,
    preflights,
    answered,
    probing,
    refused: refused.host + refused.method + refused.time,
    saw: sawText(figures, outcome),
    problems: problemsOf(figures, limits, where),
  };
}

function sawText(
  { exchanges, answered, notFound, preflights, elsewhere }: Figures,
  { operations, hosts, probing }: Outcome,
): string {
  const asides = [
    notFound > 0 && `${counted(notFound, 'answer')} 404`,
    exchanges > answered && `${counted(exchanges - answered, 'request')} without an answer`,
    preflights > 0 && counted(preflights, 'preflight'),
    elsewhere > 0 && `${counted(elsewhere, 'exchange')} with hosts that were not asked for`,
    probing > 0 && `${counted(probing, 'client')} probing`,
  ].filter((aside) => aside !== false);
  const saw = `${counted(exchanges, 'exchange')}, ${counted(operations, 'operation')} on ${counted(hosts.length, 'host')}`;
  return asides.length > 0 ? `${saw}; ${asides.join(', ')}` : saw;
}

function problemsOf({ refused, forgotten, reached }: Figures, limits: FoldLimits, where: string): Problem[] {
  const problems: Problem[] = [];
  for (const what of ['host', 'method', 'time'] as const) {
    const times = refused[what];
    if (times > 0)
      problems.push({ message: `${counted(times, 'exchange')} left out: the ${what} cannot be one`, where });
  }
  if (reached.sightings) {
    const lost = forgotten.rare > 0 ? `; ${counted(forgotten.rare, 'exchange')} of the rarest left out` : '';
    problems.push({
      message: `more than ${figure(limits.sightings)} operations: the rarest of many siblings are told apart no more (\`{string}\`)${lost}`,
      where,
      mend: 'split the evidence by host or time',
    });
  }
  if (reached.hosts)
    problems.push({
      message: `more than ${figure(limits.hosts)} hosts: those with the fewest exchanges are told apart no more`,
      where,
      mend: 'split the evidence by host',
    });
  return problems;
}
