import PQueue from 'p-queue';
import type { Logger } from '#collectors/collector';
import type { Config, SourceConfig } from '#config/config';
import { ConfigError } from '#config/error';
import type { Change, InventoryStore, ScanRecord } from '#db/store';
import { nearest } from '#model/nearest';
import type { ScanEvent, SourceOutcome } from './event.ts';
import { type BuildView, landView } from './refresh.ts';
import { scanSource } from './source.ts';

export interface ScanOptions {
  store: InventoryStore;
  config: Config;
  /** Names of the sources to scan; all of them when left out. */
  only?: readonly string[];
  /** Stops the scan: what was read is kept, leases are freed, the view is made. */
  signal: AbortSignal;
  log: Logger;
  onEvent?(event: ScanEvent): void;
  /** Of this program, for the record. */
  version: string;
  buildView: BuildView;
}

export interface ScanResult {
  scan: ScanRecord;
  /** In the order of the configuration. */
  sources: SourceOutcome[];
  /** What the scan changed in the catalog. */
  changes: Change[];
  /** True when no endpoint was known before, so that every change is an appearance. */
  firstView: boolean;
}

/**
 * Scans the sources of a configuration, several at once, and makes the view of what the inventory then holds. What is wrong with a
 * source is in its outcome, and stops no other.
 *
 * @throws {ConfigError} When `only` names a source that there is not.
 * @throws {InventoryError} When the inventory itself is in trouble; the other sources are then stopped too.
 */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const { store, config, log, version } = options;
  const sources = chosen(config, options.only);
  const emit = options.onEvent ?? (() => undefined);
  await store.reapScans();
  const record = await store.beginScan(
    version,
    sources.map(({ name, kind, environment }) => ({ name, kind, environment })),
  );
  emit({ type: 'scan-started', at: Date.now(), sources: sources.map(({ name, kind }) => ({ name, kind })) });

  const trouble = new AbortController();
  const signal = AbortSignal.any([options.signal, trouble.signal]);
  const queue = new PQueue({ concurrency: config.concurrency });
  const settled = await Promise.allSettled(
    sources.map((source) =>
      queue.add(async () => {
        try {
          return await scanSource(source, { store, scan: record.id, signal, log, emit });
        } catch (error) {
          trouble.abort(error);
          throw error;
        }
      }),
    ),
  );
  if (trouble.signal.aborted) throw trouble.signal.reason;
  const outcomes = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));

  const startedAt = Date.now();
  const view = await landView(store, record.id, { ...config, buildView: options.buildView });
  if (view) {
    emit({ type: 'view-built', at: Date.now(), endpoints: view.endpoints, ms: Date.now() - startedAt });
  } else {
    log.warn({}, 'another process is making the view; the next command will make it current');
  }
  const cancelled = outcomes.some(({ status }) => status === 'cancelled');
  const status = cancelled ? 'interrupted' : outcomes.every(({ status }) => status === 'ok') ? 'done' : 'incomplete';
  await store.endScan(record.id, status);
  return {
    scan: {
      ...record,
      finishedAt: Date.now(),
      status,
      scopes: outcomes.reduce((sum, { scopes }) => sum + scopes.length, 0),
      sightings: outcomes.reduce((sum, { sightings }) => sum + sightings, 0),
    },
    sources: outcomes,
    changes: view?.changes ?? [],
    firstView: view?.first ?? false,
  };
}

function chosen({ sources, file }: Config, only: readonly string[] | undefined): SourceConfig[] {
  if (only === undefined) return sources;
  const names = sources.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError(
      unknown.map((name) => {
        const near = nearest(name, names);
        const mend = near === null ? `enabled are: ${names.join(', ')}` : `did you mean ${near}?`;
        return { file, line: null, column: null, message: `there is no enabled source ${name}`, mend };
      }),
    );
  }
  return sources.filter(({ name }) => only.includes(name));
}
