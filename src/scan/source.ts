import { setImmediate } from 'node:timers/promises';
import type { Logger, Progress, Run } from '#collectors/collector';
import type { SourceConfig } from '#config/config';
import { InventoryError, type InventoryStore, type Lease } from '#db/store';
import { redactText } from '#log/redact';
import type { ScanEvent, SourceOutcome, SourceStatus } from './event.ts';
import { durationText } from './figures.ts';
import { Landing } from './landing.ts';

/** What every source of one scan shares. */
export interface SourceContext {
  store: InventoryStore;
  scan: string;
  /** Aborted when the user stops the scan, or the inventory is in trouble. */
  signal: AbortSignal;
  log: Logger;
  emit(event: ScanEvent): void;
}

/** How long a collector may take to close its files after it was told to stop. */
const graceMs = 5_000;
const renewEveryMs = 10_000;
const progressEveryMs = 100;
/** Emissions between two looks at timers and signals, which a source that never waits would starve. */
const emissionsBetweenLooks = 256;

/** Why a source was stopped before its end. */
class Stopped extends Error {
  override name = 'Stopped';
  readonly status: SourceStatus;
  readonly mend: string;

  constructor(status: SourceStatus, message: string, mend: string) {
    super(message);
    this.status = status;
    this.mend = mend;
  }
}

/**
 * Scans one source while holding its lease, and lands what it emits. A source that throws, hangs or takes too long is an outcome,
 * not an exception.
 *
 * @throws {InventoryError} When the inventory itself is in trouble.
 */
export async function scanSource(source: SourceConfig, context: SourceContext): Promise<SourceOutcome> {
  const startedAt = Date.now();
  const ended = (part: Partial<SourceOutcome> & Pick<SourceOutcome, 'status' | 'reason'>): SourceOutcome => {
    const { name, kind } = source;
    const outcome = { source: name, kind, scopes: [], sightings: 0, holder: null, ...part, ms: Date.now() - startedAt };
    context.emit({ type: 'source-ended', at: Date.now(), source: name, outcome });
    return outcome;
  };
  if (context.signal.aborted) return ended({ status: 'cancelled', reason: 'the scan was stopped before its turn' });

  const lease = await context.store.lease(source.name);
  if (!('release' in lease)) {
    const { pid, host, since } = lease;
    const reason = `process ${pid} on ${host} has been reading it since ${new Date(since).toISOString()}`;
    return ended({ status: 'busy', reason, holder: lease });
  }
  try {
    context.emit({ type: 'source-started', at: startedAt, source: source.name, kind: source.kind });
    return ended(await readSource(source, lease, context));
  } finally {
    await lease.release();
  }
}

async function readSource(
  source: SourceConfig,
  lease: Lease,
  context: SourceContext,
): Promise<Pick<SourceOutcome, 'status' | 'reason' | 'scopes' | 'sightings'>> {
  const { store, scan, emit } = context;
  const landing = new Landing(store, scan, source, (report, sightings) => {
    emit({ type: 'scope-ended', at: Date.now(), source: source.name, report, sightings });
  });
  const limits = new AbortController();
  const timeout = setTimeout(() => {
    const message = `it took longer than its limit of ${durationText(source.timeoutMs)}`;
    limits.abort(
      new Stopped('timeout', message, `raise the timeout of ${source.name}, or split it into several sources`),
    );
  }, source.timeoutMs);
  const renewal = setInterval(() => void renew(lease, limits), renewEveryMs);
  const signal = AbortSignal.any([context.signal, limits.signal]);
  const grace = graceAfter(signal);
  try {
    const run = runOf(source, signal, landing, context);
    const reading = read(source, run, landing).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const thrown = await Promise.race([reading, grace.over]);
    if (thrown?.error instanceof InventoryError) {
      await landing.abandon();
      throw thrown.error;
    }
    if (signal.aborted) return await stopped(landing, signal.reason);
    if (thrown) return await threw(landing, thrown.error, run.log);
    await landing.landOpen({
      message: 'the collector ended before its scope did',
      mend: 'this is a mistake of the collector: report it',
    });
    await landing.retire();
    return { ...judged(landing), scopes: landing.reports, sightings: landing.sightings };
  } finally {
    clearTimeout(timeout);
    clearInterval(renewal);
    grace.clear();
  }
}

async function read({ collector, options }: SourceConfig, run: Run, landing: Landing): Promise<void> {
  let taken = 0;
  for await (const emission of collector.collect(options, run)) {
    if (run.signal.aborted) return;
    await landing.take(emission);
    if (++taken % emissionsBetweenLooks === 0) await setImmediate();
  }
}

function runOf(source: SourceConfig, signal: AbortSignal, landing: Landing, { log, emit }: SourceContext): Run {
  const { name, root } = source;
  let lastProgress = 0;
  return {
    root,
    signal,
    log: {
      debug: (fields, message) => log.debug({ source: name, ...fields }, message),
      info: (fields, message) => log.info({ source: name, ...fields }, message),
      warn: (fields, message) => log.warn({ source: name, ...fields }, message),
    },
    progress(progress: Progress) {
      const at = Date.now();
      if (at - lastProgress < progressEveryMs) return;
      lastProgress = at;
      emit({ type: 'progress', at, source: name, progress, sightings: landing.found });
    },
  };
}

async function renew(lease: Lease, limits: AbortController): Promise<void> {
  const lost = (message: string) =>
    limits.abort(new Stopped('failed', message, 'scan it again when no other process reads it'));
  try {
    if (!(await lease.renew())) lost('another process took it over');
  } catch (error) {
    lost(`its lease could not be renewed: ${messageOf(error)}`);
  }
}

async function stopped(landing: Landing, reason: unknown) {
  if (reason instanceof InventoryError) {
    await landing.abandon();
    return {
      status: 'cancelled' as const,
      reason: 'the inventory is in trouble',
      scopes: landing.reports,
      sightings: landing.sightings,
    };
  }
  const { status, message, mend } =
    reason instanceof Stopped
      ? reason
      : { status: 'cancelled' as const, message: 'the scan was stopped', mend: 'scan it again' };
  await landing.landOpen({ message, mend });
  return { status, reason: message, scopes: landing.reports, sightings: landing.sightings };
}

async function threw(landing: Landing, error: unknown, log: Logger) {
  log.debug({ err: error }, 'the source threw');
  const message = messageOf(error);
  await landing.landOpen({ message, mend: 'run with --verbose to see where it happened' });
  const some = landing.reports.some(({ completeness }) => completeness === 'complete' || completeness === 'partial');
  return {
    status: some ? ('partial' as const) : ('failed' as const),
    reason: message,
    scopes: landing.reports,
    sightings: landing.sightings,
  };
}

/** The verdict on a source that was read to its end. */
function judged({ reports }: Landing): { status: SourceStatus; reason: string } {
  if (reports.length === 0) return { status: 'failed', reason: 'it gave nothing, and no word on why' };
  const incomplete = reports.filter(({ completeness }) => completeness !== 'complete');
  const first = incomplete[0];
  if (!first) return { status: 'ok', reason: '' };
  const status = reports.some(({ completeness }) => completeness === 'complete' || completeness === 'partial')
    ? 'partial'
    : 'failed';
  const problem = first.problems[0];
  const place = problem?.where ? `${problem.where}: ` : `${first.scope}: `;
  const why = `${place}${problem?.message ?? first.saw}`;
  const count = reports.length === 1 ? '' : `${incomplete.length} of ${reports.length} scopes are not complete; `;
  return { status, reason: `${count}${why}` };
}

function messageOf(error: unknown): string {
  return redactText(error instanceof Error ? error.message || error.name : String(error));
}

/** Is over a while after the signal; never, when that does not come. */
function graceAfter(signal: AbortSignal): { over: Promise<null>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  let begin = () => {};
  const over = new Promise<null>((resolve) => {
    begin = () => {
      timer = setTimeout(() => resolve(null), graceMs);
    };
  });
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    over,
    clear() {
      signal.removeEventListener('abort', begin);
      clearTimeout(timer);
    },
  };
}
