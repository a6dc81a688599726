import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { exit, UsageError } from '#cli/exit';
import { gather } from '#cli/gather';
import { examples, type Globals, settings } from '#cli/globals';
import { inventoryFile } from '#cli/inventory';
import type { Terminal } from '#cli/terminal';
import { printable } from '#cli/text/printable';
import type { Report } from '#cli/text/report';
import type { CaptureConfig } from '#collectors/capture/index';
import type { Recording } from '#collectors/capture/input/live';
import type { LiveBatch } from '#collectors/capture/input/recorder';
import type { Collector } from '#collectors/collector';
import { parseDuration } from '#model/duration';
import { counted, figure } from '#model/figure';

interface CaptureOptions {
  interface: string;
  filter: string;
  every: string;
  for?: string;
  json?: boolean;
}

export function captureCommand(program: Command): void {
  const command = program
    .command('capture')
    .description(
      'Records packets from an interface, and what was called in them, batch after batch, until it is stopped.',
    )
    .requiredOption('-i, --interface <name>', 'where packets pass, such as eth0, lo, or any')
    .option('--filter <expression>', "only these packets, as in pcap-filter(7): 'tcp port 8080'", '')
    .option('--every <duration>', 'how long a batch gathers packets before it is in the inventory', '60s')
    .option('--for <duration>', 'how long to record (default: until Ctrl-C or SIGTERM)')
    .option('--json', 'a JSON document for each batch, one a line')
    .action((_, self: Command) => captured(self));
  examples(command, [
    "noontide capture -i eth0 --filter 'tcp port 8080'",
    'noontide capture -i any --every 30s --for 10m',
    'noontide capture -i lo --for 1h --json --quiet',
  ]);
}

/** What came of the batches so far. */
interface Kept {
  name: string;
  batches: number;
  incomplete: number;
}

/** How often the line on standard error is drawn anew. */
const statusMs = 500;

async function captured(command: Command): Promise<void> {
  const { terminal, ...options } = settings<CaptureOptions>(command);
  const everyMs = between('--every', options.every, 1_000, 86_400_000);
  const forMs = options.for === undefined ? null : between('--for', options.for, 1_000, 2_147_000_000);
  const [
    { startRecording },
    { LiveBatches },
    { openStatus },
    { stopOnSignals },
    { judging },
    { createLog, logLevel },
    { openInventory },
    { scanBatch },
  ] = await Promise.all([
    import('#collectors/capture/input/live'),
    import('#collectors/capture/live-batches'),
    import('#cli/status'),
    import('#cli/signals'),
    import('#cli/sources'),
    import('#log/log'),
    import('#db/sqlite/open'),
    import('#cli/batch'),
  ]);
  const config = await judging(options.config);
  const file = await inventoryFile(options, process.env, process.cwd());
  const store = await openInventory(file);
  const folder = mkdtempSync(join(tmpdir(), 'noontide-capture-'));
  const status = openStatus(options.quiet);
  const { verbose, quiet, logFormat, color } = options;
  const log = createLog({ stream: process.stderr, level: logLevel(verbose, quiet), format: logFormat, color });
  let recording: Recording | null = null;
  // What was recorded is private: it goes with the process, unless that is killed.
  const clear = () => {
    recording?.abandon();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clear);
  const hangUp = () => void process.kill(process.pid, 'SIGTERM');
  process.once('SIGHUP', hangUp);
  const stop = stopOnSignals(() => {
    status.note('Stopping; the last batch is being recorded. Once more ends at once.');
    recording?.stop();
  });
  const kept: Kept = { name: options.interface, batches: 0, incomplete: 0 };
  const show = () =>
    recording &&
    status.show(`${kept.name}: ${figures(recording)}, ${counted(kept.batches, 'batch', 'batches')} recorded`);
  const timers = [setInterval(show, statusMs)];
  const live = new LiveBatches();
  let last: LiveBatch | null = null;
  const scanned = async (batch: LiveBatch, collector: Collector<CaptureConfig>, from: Recording) => {
    const context = { store, config, log, folder };
    const result = await scanBatch(batch.path, `capture:${options.interface}`, collector, context);
    if (result.sources.some((source) => source.status !== 'ok')) kept.incomplete++;
    status.clear();
    await print(batch, from, await gather(store, file, result), options, terminal);
  };
  try {
    recording = await startRecording({ networkInterface: options.interface, filter: options.filter, everyMs, folder });
    if (stop.code() !== 0) recording.stop();
    status.note(`${options.interface}: ${recording.program} records, a batch every ${options.every}; Ctrl-C ends it.`);
    if (forMs !== null) timers.push(setTimeout(() => recording?.stop(), forMs));
    for await (const batch of recording.batches()) {
      await scanned(batch, live.collector, recording);
      await rm(batch.path, { force: true });
      kept.batches++;
      last = batch;
    }
    if (last !== null && live.finish()) await scanned(last, live.lastAgain, recording);
    status.end();
    process.exitCode = concluded(recording, kept, terminal);
  } finally {
    process.off('exit', clear);
    process.off('SIGHUP', hangUp);
    clear();
    timers.forEach(clearInterval);
    status.end();
    stop.release();
    await store.close();
  }
}

function between(option: string, text: string, least: number, most: number): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= least && ms <= most) return ms;
  throw new UsageError(`${option} takes a duration of at least 1s, such as 30s or 10m, and not "${text}".`);
}

/** `1,204 packets, none dropped`. */
function figures({ packets, dropped, waiting }: Recording): string {
  const lost = dropped === null ? [] : [dropped === 0 ? 'none dropped' : `${figure(dropped)} dropped`];
  const behind = waiting > 1 ? [`${counted(waiting, 'batch', 'batches')} waiting`] : [];
  return [counted(packets, 'packet'), ...lost, ...behind].join(', ');
}

async function print(
  batch: LiveBatch,
  recording: Recording,
  report: Report,
  options: CaptureOptions & Globals,
  terminal: Terminal,
): Promise<void> {
  const { newsLines } = await import('#cli/text/report');
  const scopes = report.result.sources.flatMap((source) => source.scopes);
  if (options.json) {
    const { findingJson } = await import('#cli/text/finding');
    const { dropped } = recording;
    const findings = report.newFindings.map(findingJson);
    const about = { version: 1, interface: options.interface, batch: batch.name, packets: batch.packets, dropped };
    await terminal.out(`${JSON.stringify({ ...about, scopes, newFindings: findings })}\n`);
    return;
  }
  if (!options.quiet) {
    for (const { scope, saw } of scopes) await terminal.out(`${printable(`${scope}: ${saw}`)}\n`);
  }
  for (const line of newsLines(report, terminal)) await terminal.out(`${line}\n`);
}

/** Says how the recording ended, and answers the exit code. */
function concluded(recording: Recording, { name, batches, incomplete }: Kept, terminal: Terminal): number {
  terminal.note(`${name}: ${figures(recording)}, ${counted(batches, 'batch', 'batches')} recorded.`);
  if (recording.packets === 0)
    terminal.note('Nothing passed there: tcpdump -D lists the interfaces, and a filter may keep all out.');
  if ((recording.dropped ?? 0) > 0) {
    terminal.note('Packets were dropped, and calls with them: filter more, or record where less passes.');
  }
  if (recording.failure !== null) {
    process.stderr.write(`${printable(recording.failure)}\n`);
    return exit.incomplete;
  }
  return incomplete > 0 || (recording.dropped ?? 0) > 0 ? exit.incomplete : exit.ok;
}
