import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exit } from '#cli/exit';
import { examples, settings } from '#cli/globals';
import type { Terminal } from '#cli/terminal';
import { printable, printableJson } from '#cli/text/printable';
import { maskedHost, maskedTarget, maskedWord } from '#cli/text/target';
import type { Run } from '#collectors/collector';
import type { Exchange } from '#collectors/traffic/exchange';
import type { SourceConfig } from '#config/config';
import type { ScopeReport } from '#model/scope';

interface ExchangesOptions {
  json?: boolean;
  raw?: boolean;
  tlsKeylog?: string;
}

export function exchangesCommand(program: Command): void {
  const command = program
    .command('exchanges')
    .description('Requests and answers of captures, each as it was read; the inventory is not touched.')
    .argument('<file...>', 'packet captures')
    .option('--json', 'a JSON object a line')
    .option('--raw', 'targets as sent, with their values: they may hold secrets')
    .option('--tls-keylog <file>', 'decrypt TLS with the secrets in this SSLKEYLOGFILE')
    .action((files: string[], _, self: Command) => exchanges(files, self));
  examples(command, ['noontide exchanges edge.pcap', 'noontide exchanges --json --raw edge.pcap']);
}

async function exchanges(files: readonly string[], command: Command): Promise<void> {
  const { terminal, ...options } = settings<ExchangesOptions>(command);
  const [{ collectors }, { configForPaths }, { stopOnSignals }, { createLog, logLevel }] = await Promise.all([
    import('#collectors/index'),
    import('#config/paths'),
    import('#cli/signals'),
    import('#log/log'),
  ]);
  const readers = collectors.filter((collector) => collector.exchanges !== undefined);
  const { sources } = await configForPaths(files, process.cwd(), readers);
  const { verbose, quiet, logFormat, color } = options;
  const log = createLog({ stream: process.stderr, level: logLevel(verbose, quiet), format: logFormat, color });
  const stop = stopOnSignals(() => terminal.note('Stopping.'));
  const { signal } = stop;
  try {
    for (const source of sources) {
      await print(source, { root: source.root, signal, log, progress: () => undefined }, options, terminal);
      if (terminal.closed()) return;
    }
  } catch (error) {
    if (stop.code() === 0) throw error;
    process.exitCode = stop.code();
  } finally {
    stop.release();
  }
}

async function print(
  { collector, ...source }: SourceConfig,
  run: Run,
  { json, raw, tlsKeylog }: ExchangesOptions,
  terminal: Terminal,
) {
  const keylog = tlsKeylog === undefined ? {} : { keylog: resolve(tlsKeylog) };
  const options = { ...(source.options as object), ...keylog };
  for await (const told of collector.exchanges?.(options, run) ?? []) {
    if (told.type === 'exchange') {
      const exchange = raw ? told.exchange : masked(told.exchange);
      await terminal.out(json ? jsonLine(exchange) : textLine(exchange));
      if (terminal.closed()) return;
    } else if (told.type === 'end') {
      for (const line of reportLines(told.report)) terminal.note(line);
      if (told.report.completeness !== 'complete') process.exitCode = exit.incomplete;
    }
  }
}

function masked(exchange: Exchange): Exchange {
  const { method, host, target } = exchange;
  return { ...exchange, method: maskedWord(method), host: maskedHost(host), target: maskedTarget(target) };
}

/**
 * `2026-01-02T03:04:05.006Z #12  10.0.0.1 → api.example.com  http/1.1  GET /orders?limit=…  200  0 → 17 B  1.2 ms`; of one that began in an
 * earlier file of a rotation with that file: `edge.pcap #12`.
 */
function textLine(exchange: Exchange): string {
  const { at, ref, file, client, host, protocol = 'http', version, method, target, status } = exchange;
  const { requestLength, responseLength, latency, calls = [], messages, marks = [] } = exchange;
  const columns = [
    `${timeOf(at)} ${file === undefined ? '' : `${file} `}#${ref}`,
    `${client || '?'} → ${host || '?'}`,
    version === undefined ? protocol : `${protocol}/${version}`,
    `${method} ${target}`,
    status === 0 ? 'no answer' : String(status),
    `${requestLength ?? '?'} → ${responseLength ?? '?'} B`,
    latency === undefined ? '' : `${latency.toFixed(1)} ms`,
    messages === undefined ? '' : `${messages.sent} → ${messages.received} messages`,
    calls.join(', '),
    marks.join(', '),
  ];
  return `${printable(columns.filter((text) => text !== '').join('  '))}\n`;
}

/** The same keys in every line; `null` for what is not known. */
function jsonLine(exchange: Exchange): string {
  const { at, ref, client, scheme, method, host, target, status, responseLength } = exchange;
  const { file = null, protocol = 'http', version = null, requestLength = null, latency = null } = exchange;
  const { calls = [], messages = null, marks = [] } = exchange;
  const line = {
    time: timeOf(at),
    ref,
    file,
    client,
    protocol,
    version,
    scheme,
    method,
    host,
    target,
    status: status === 0 ? null : status,
    requestLength,
    responseLength,
    latency,
    calls,
    messages,
    marks,
  };
  return `${printableJson(JSON.stringify(line))}\n`;
}

/** RFC 3339 with milliseconds; a clock that is set to nonsense is shown as a number. */
function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

function reportLines({ scope, saw, completeness, problems }: ScopeReport): string[] {
  const how = completeness === 'complete' ? '' : ` (${completeness})`;
  return [
    printable(`${scope}${how}: ${saw}`),
    ...problems.map(({ message, where, mend }) =>
      printable(`  ${where ?? scope}: ${message}${mend ? ` (${mend})` : ''}`),
    ),
  ];
}
