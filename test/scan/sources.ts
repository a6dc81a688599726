import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Collector, complete, type Emission, type Run } from '#collectors/collector';
import type { Config, SourceConfig } from '#config/config';
import { defaultWindows } from '#model/rule';
import type { Sighting } from '#model/sighting';

export function sighting(path: string, part: Partial<Sighting> = {}): Sighting {
  return {
    plane: 'declared',
    protocol: 'http',
    method: 'GET',
    path,
    pathKind: 'template',
    anchored: true,
    servers: [],
    service: 'shop',
    facts: {},
    where: { in: 'document', file: 'shop.yaml', pointer: '' },
    ...part,
  };
}

export const begin = (scope: string): Emission => ({ type: 'begin', scope, plane: 'declared' });
export const seen = (path: string): Emission => ({ type: 'sighting', sighting: sighting(path) });
export const end = (scope: string): Emission => complete(scope, 'declared', '1 document', {});
/** A scope that is read completely. */
export const whole = (scope: string, ...paths: string[]): Emission[] => [begin(scope), ...paths.map(seen), end(scope)];

/** A source whose collector is a generator of emissions. */
export function source(
  name: string,
  collect: (run: Run) => AsyncIterable<Emission>,
  part: Partial<SourceConfig> = {},
): SourceConfig {
  const collector: Collector<unknown> = {
    kind: 'told',
    plane: 'declared',
    about: 'Emits what the test tells it to.',
    config: z.unknown(),
    collect: (_config, run) => collect(run),
  };
  const common = { kind: 'told', environment: '', service: null, root: '/', timeoutMs: 60_000, options: {} };
  return { name, ...common, collector, ...part };
}

export async function* emitting(...emissions: Emission[]): AsyncIterable<Emission> {
  for (const emission of emissions) yield emission;
}

/** Waits until it is told to stop, then throws the reason, as a collector that reads a socket does. */
export async function untilStopped({ signal }: Run): Promise<never> {
  await setTimeout(600_000, undefined, { signal }).catch(() => undefined);
  throw signal.reason;
}

export function configOf(...sources: SourceConfig[]): Config {
  return { file: null, root: '/', sources, services: [], windows: defaultWindows, concurrency: 2 };
}
