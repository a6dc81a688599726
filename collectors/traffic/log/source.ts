import { type ZodType, z } from 'zod';
import type { Collector, Emission, Run, Sniff } from '#collectors/collector';
import { type FoundFile, listFiles } from '#collectors/files';
import { absent } from '#collectors/traffic/absent';
import { Fold } from '#collectors/traffic/fold';
import { normaliseHost } from '#collectors/traffic/host';
import { hostFilter, hostsOption } from '#collectors/traffic/own-hosts';
import { unpackedHead } from '#collectors/unpack';
import type { ScopeReport } from '#model/scope';
import { carried } from './carrier.ts';
import { EncryptedHosts } from './encrypted.ts';
import type { Missing } from './exchange-of.ts';
import type { LogFormat } from './format.ts';
import { jsonSplitter } from './json-splitter.ts';
import type { Splitter, Take } from './lines.ts';
import { readLog } from './read.ts';
import { zoneOf } from './time.ts';

/** The options of every log. */
export const logOptions = {
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe('Log files (also gzip or zstd), folders of them, or globs; relative to noontide.yaml.'),
  hosts: hostsOption,
  host: z
    .string()
    .min(1)
    .max(255)
    .refine((host) => normaliseHost(host, null) !== null, 'not a host')
    .optional()
    .describe('The host of requests whose log does not say it: `api.shop.example`.'),
  zone: z
    .string()
    .refine((zone) => !Number.isNaN(zoneOf(zone)), 'not `Z`, `+02:00` or the like')
    .optional()
    .describe('The zone of times that have none: `Z` (UTC, taken when left out), `+02:00`.'),
};

export interface LogConfig {
  paths: string[];
  hosts?: string[] | undefined;
  host?: string | undefined;
  zone?: string | undefined;
}

/** One kind of log: everything that tells it from the others. */
export interface LogKind<C extends LogConfig> {
  kind: string;
  about: string;
  config: ZodType<C>;
  /** What one record is called: `line`, `flow`. */
  noun: string;
  /** What a file of it is called in messages: `an access log`. */
  what: string;
  /** Files of a folder or a glob that are taken, by their path. */
  accept(path: string): boolean;
  /** What may be in a file, the most particular first. Called for each file. Connections without requests are told to `encrypted`. */
  formats(config: C, missing: Missing, encrypted: EncryptedHosts): LogFormat[];
  /** Cuts a file into records; lines, or the objects of a JSON text, when left out. `head` is its beginning. */
  splitter?(head: Buffer): Splitter;
  /** How its files begin (one byte a character), where their first record may be longer than what is looked at. */
  begins?: RegExp;
}

/** The collector of a kind of log. */
export function logCollector<C extends LogConfig>(kind: LogKind<C>): Collector<C> {
  return {
    kind: kind.kind,
    plane: 'observed',
    about: kind.about,
    config: kind.config,
    sniff: (found) => sniff(kind, found),
    async *collect(config, run) {
      const { files, problems } = await listFiles(run.root, config.paths, kind.accept);
      for (const file of files) yield* collectFile(kind, config, file, run);
      yield* absent(problems, new Set(files.map((file) => file.path)));
    },
  };
}

async function* collectFile<C extends LogConfig>(
  kind: LogKind<C>,
  config: C,
  file: FoundFile,
  run: Run,
): AsyncGenerator<Emission> {
  const scope = file.path;
  yield { type: 'begin', scope, plane: 'observed' };
  const wanted = hostFilter(config.hosts);
  const fold = new Fold(scope, {}, wanted);
  const encrypted = new EncryptedHosts(wanted);
  const log = await readLog({
    path: file.absolute,
    shown: scope,
    noun: kind.noun,
    what: kind.what,
    splitter: kind.splitter ?? jsonSplitter,
    formats: kind.formats(config, missingOf(config), encrypted),
    encrypted,
    take: (exchange) => fold.add(exchange),
    signal: run.signal,
    progress: (done) => run.progress({ done, total: file.size, unit: 'bytes', at: scope }),
  });
  const { covers, saw, problems } = fold.summary();
  for (const sighting of fold.sightings()) yield { type: 'sighting', sighting };
  const report: ScopeReport = {
    scope,
    plane: 'observed',
    completeness: log.completeness,
    saw: log.exchanges === 0 ? log.saw : `${log.saw}: ${saw}`,
    problems: [...log.problems, ...problems],
    covers,
  };
  yield { type: 'end', report };
}

function missingOf({ host, zone }: LogConfig): Missing {
  return { host: host ?? '', zone: zone === undefined ? 0 : zoneOf(zone) };
}

/** Known by what it holds: its first record that is no comment is of one of the formats. */
function sniff<C extends LogConfig>(kind: LogKind<C>, { path, folder, head }: Sniff): C | null {
  if (folder || head.length === 0) return null;
  const config = { paths: [path] } as C;
  const inside = unpackedHead(head);
  if (inside === null) return null;
  const bytes = Buffer.from(inside);
  const text = bytes.toString('latin1');
  if (!(kind.begins ?? mayBeLog).test(text)) return null;
  if (kind.begins) return config;
  const formats = kind.formats(config, { host: '', zone: 0 }, new EncryptedHosts(() => true));
  let known: boolean | null = null;
  const splitter = (kind.splitter ?? jsonSplitter)(bytes);
  const look: Take = (record, ref) => {
    if (known !== null) return;
    const texts = [record, carried(record)].filter((text) => text !== null);
    const readings = texts.flatMap((text) => formats.map((format) => format.read(text, ref)));
    if (readings.some((reading) => typeof reading === 'object' || reading === 'encrypted')) known = true;
    else if (!readings.includes('aside') && !readings.includes('unasked')) known = false;
  };
  splitter.push(bytes, look);
  if (head.length < headLength) splitter.end(look);
  return known === true ? config : null;
}

/** JSON, the heading of a log or of k6's results, or a time in the first line: what else a folder holds is not looked at any further. */
const mayBeLog =
  /^(?:\xef\xbb\xbf)?\s*(?:[{[]|#(?:separator|Version|Fields|Software|Date)\b|metric_name,|[^\n]*(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|\/[0-9]{4}:[0-9]{2}:|[0-9]{2}:[0-9]{2}:[0-9]{2}|[0-9]{9}))/;

/** A shorter head is the whole file, whose last line need not have an end. */
const headLength = 4_096;
