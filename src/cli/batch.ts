import { setTimeout } from 'node:timers/promises';
import type { CaptureConfig } from '#collectors/capture/index';
import type { Collector, Logger, Registry } from '#collectors/collector';
import type { Config } from '#config/config';
import type { InventoryStore } from '#db/store';
import { type ScanResult, scan } from '#scan/scan';
import { buildView } from '#scan/view';
import { version } from './version.ts';

/** Where batches go, and what judges them. */
export interface BatchContext {
  store: InventoryStore;
  config: Config;
  log: Logger;
  /** That of the batches. */
  folder: string;
}

const timeoutMs = 3_600_000;
const busyMs = 500;

/**
 * Scans a file of packets as one of a source's scopes, named for the file, and judges all anew. `collector` reads it. While another process
 * reads the same source it waits for its turn. Throws as {@link scan} does.
 */
export async function scanBatch(
  path: string,
  name: string,
  collector: Collector<CaptureConfig>,
  context: BatchContext,
): Promise<ScanResult> {
  const { store, config, log, folder } = context;
  const source = { name, kind: collector.kind, environment: '', service: null, root: folder, timeoutMs };
  const sources = [{ ...source, options: { paths: [path] }, collector: collector as Registry[number] }];
  const { signal } = new AbortController();
  for (;;) {
    const result = await scan({ store, config: { ...config, sources }, signal, log, version: version(), buildView });
    if (result.sources[0]?.status !== 'busy') return result;
    await setTimeout(busyMs);
  }
}
