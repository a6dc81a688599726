import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Collector, Emission, Run } from '#collectors/collector';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';
import { normalisePath } from '#path/normalise';

/** What a collector brings to the suite that every collector passes. Fixtures are copied first, so that they may be broken. */
export interface ContractSubject<C> {
  collector: Collector<C>;
  /** The module that exports it, as a `#` import, and the export's name: the memory test runs it in a process of its own. */
  module: { path: string; name: string };
  /** A folder of fixtures; becomes the run's root. */
  fixtures: string;
  /** Reads everything in `fixtures`, completely, with at least two sightings. */
  config: C;
  /** Configurations that its schema must refuse, and a word that the error must name. */
  bad: { config: unknown; names: string }[];
  /** A source that is not there. */
  missing: C;
  /** A file among the fixtures that is cut and broken, relative to the folder. */
  breakable: string;
  /** Strings that stand in the fixtures and must never come out: tokens, passwords, personal values. */
  secrets: string[];
  /** Writes an input of about `megabytes`, and gives the configuration that reads it. */
  long(folder: string, megabytes: number): Promise<C>;
}

export interface Collected {
  emissions: Emission[];
  sightings: Sighting[];
  reports: ScopeReport[];
  logged: string[];
}

/** Runs a collector to its end. */
export async function collect<C>(
  collector: Collector<C>,
  config: C,
  root: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Collected> {
  const collected: Collected = { emissions: [], sightings: [], reports: [], logged: [] };
  for await (const emission of collector.collect(config, testRun(root, signal, collected.logged))) {
    collected.emissions.push(emission);
    if (emission.type === 'sighting') collected.sightings.push(emission.sighting);
    if (emission.type === 'end') collected.reports.push(emission.report);
  }
  return collected;
}

export function testRun(root: string, signal: AbortSignal, logged: string[] = []): Run {
  const log = (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`);
  return {
    root,
    signal,
    log: { debug: log, info: log, warn: log },
    progress: (progress) => void logged.push(JSON.stringify(progress)),
  };
}

/** Calls from a collector's own test file: `collectorContract({ collector: har, … })`. */
export function collectorContract<C>(subject: ContractSubject<C>): void {
  const { collector } = subject;

  describe(`${collector.kind} keeps the contract of collectors`, () => {
    let root: string;
    let all: Collected;

    beforeAll(async () => {
      root = await realpath(await mkdtemp(join(tmpdir(), `noontide-${collector.kind}-`)));
      await cp(subject.fixtures, root, { recursive: true, verbatimSymlinks: true });
      all = await collect(collector, subject.config, root);
    });
    afterAll(() => rm(root, { recursive: true, force: true }));

    test('it says what it is', () => {
      expect(collector.kind).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(collector.about.length).toBeGreaterThan(20);
      const schema = z.toJSONSchema(collector.config, { io: 'input' });
      expect(undescribed(schema)).toEqual([]);
    });

    test.each(subject.bad)('it refuses $config', ({ config, names }) => {
      const result = collector.config.safeParse(config);
      expect(result.success).toBe(false);
      expect(z.prettifyError(result.error!)).toContain(names);
    });

    test('its own configuration passes its schema', () => {
      expect(collector.config.parse(subject.config)).toEqual(subject.config);
    });

    test('a good source is read completely', () => {
      expect(all.sightings.length).toBeGreaterThanOrEqual(2);
      expect(all.reports.map((report) => [report.scope, report.completeness, report.problems])).toEqual(
        all.reports.map((report) => [report.scope, 'complete', []]),
      );
    });

    test('scopes begin, hold sightings, and end', () => {
      expect(grammar(all.emissions)).toEqual([]);
    });

    test('every sighting is well formed', () => {
      for (const sighting of all.sightings) expect(flaws(sighting, collector)).toEqual([]);
    });

    test('two runs say the same', async () => {
      const again = await collect(collector, subject.config, root);
      expect(again.emissions).toEqual(all.emissions);
    });

    test('nothing secret comes out', async () => {
      const fixture = await readFile(join(root, subject.breakable));
      expect(subject.secrets.length).toBeGreaterThan(0);
      expect(subject.secrets.some((secret) => fixture.includes(secret))).toBe(true);
      const said = JSON.stringify(all.emissions) + all.logged.join('\n');
      for (const secret of subject.secrets) expect(said).not.toContain(secret);
    });

    test('a source that is not there is a failed scope with the place and the mend', async () => {
      const { sightings, reports, emissions } = await collect(collector, subject.missing, root);
      expect(grammar(emissions)).toEqual([]);
      expect(sightings).toEqual([]);
      expect(reports.length).toBeGreaterThan(0);
      for (const report of reports) {
        expect(report.completeness).not.toBe('complete');
        expect(report.problems[0]?.where).toBeTruthy();
        expect(report.problems[0]?.mend).toBeTruthy();
      }
    });

    test('a cancelled run stops soon, and leaves its iterator closed', async () => {
      const controller = new AbortController();
      const iterator = collector.collect(subject.config, testRun(root, controller.signal))[Symbol.asyncIterator]();
      await iterator.next();
      controller.abort();
      let more = 0;
      try {
        while (!(await iterator.next()).done) more++;
      } catch (error) {
        expect(controller.signal.aborted && error === controller.signal.reason).toBe(true);
      }
      expect(more).toBeLessThan(1_000);
    });

    test('a consumer that leaves early is no error', async () => {
      for await (const emission of collector.collect(subject.config, testRun(root, new AbortController().signal))) {
        expect(emission).toBeDefined();
        break;
      }
    });

    describe('broken input never throws, and never passes for complete without a word', () => {
      test('cut', async () => {
        const file = join(root, subject.breakable);
        const whole = await readFile(file);
        try {
          for (let part = 0; part < 24; part++) {
            await writeFile(file, whole.subarray(0, Math.floor((whole.length * part) / 24)));
            const { emissions, reports } = await collect(collector, subject.config, root);
            expect(grammar(emissions)).toEqual([]);
            expect(reports.every((report) => report.saw.length > 0)).toBe(true);
            expect(reports.length).toBeGreaterThan(0);
          }
        } finally {
          await writeFile(file, whole);
        }
      });

      test('bytes changed', async () => {
        const file = join(root, subject.breakable);
        const whole = await readFile(file);
        let seed = 1;
        const random = () => (seed = (seed * 48_271) % 2_147_483_647);
        try {
          for (let round = 0; round < 48; round++) {
            const broken = Buffer.from(whole);
            for (let i = 0; i < 1 + (round % 8); i++) broken[random() % broken.length] = random() % 256;
            await writeFile(file, broken);
            const { emissions, sightings } = await collect(collector, subject.config, root);
            expect(grammar(emissions)).toEqual([]);
            for (const sighting of sightings) expect(flaws(sighting, collector)).toEqual([]);
          }
        } finally {
          await writeFile(file, whole);
        }
      });

      test('noise, nothing, and nesting', async () => {
        const file = join(root, subject.breakable);
        const whole = await readFile(file);
        const noise = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 7_919 + (i >> 3)) % 256));
        const nested = Buffer.from('['.repeat(500_000));
        try {
          for (const content of [
            noise,
            Buffer.alloc(0),
            nested,
            Buffer.from('{"a":'.repeat(200_000)),
            Buffer.from('('.repeat(500_000)),
          ]) {
            await writeFile(file, content);
            const { emissions } = await collect(collector, subject.config, root);
            expect(grammar(emissions)).toEqual([]);
          }
        } finally {
          await writeFile(file, whole);
        }
      }, 60_000);
    });

    test('memory stays flat over a long input', async () => {
      const folder = await realpath(await mkdtemp(join(tmpdir(), `noontide-long-${collector.kind}-`)));
      try {
        const short = await drain(subject, folder, await subject.long(folder, 4));
        const long = await drain(subject, folder, await subject.long(folder, 64));
        expect(long.sightings).toBeGreaterThan(0);
        // Sixteen times the input. Code that is linked across files keeps a few kilobytes a route; nothing keeps its input.
        expect(long.peakMegabytes - short.peakMegabytes).toBeLessThan(96);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }, 120_000);
  });
}

/** What is wrong with the order of emissions. */
function grammar(emissions: readonly Emission[]): string[] {
  const wrong: string[] = [];
  const open = new Map<string, string>();
  const seen = new Set<string>();
  for (const emission of emissions) {
    if (emission.type === 'begin') {
      if (seen.has(emission.scope)) wrong.push(`scope ${emission.scope} began twice`);
      seen.add(emission.scope);
      open.set(emission.scope, emission.plane);
      if (open.size > 1) wrong.push(`scope ${emission.scope} began inside another`);
    } else if (emission.type === 'sighting') {
      if (open.size !== 1) wrong.push('a sighting outside of a scope');
    } else if (emission.type === 'end') {
      const { report } = emission;
      if (open.get(report.scope) !== report.plane) wrong.push(`scope ${report.scope} ended without beginning`);
      open.delete(report.scope);
      if (report.saw === '') wrong.push(`scope ${report.scope} does not say what it saw`);
      if (report.completeness !== 'complete' && report.problems.length === 0)
        wrong.push(`scope ${report.scope} does not say why`);
    }
  }
  for (const scope of open.keys()) wrong.push(`scope ${scope} never ended`);
  return wrong;
}

/** What is wrong with a sighting, in words. */
export function flaws(sighting: Sighting, collector: Pick<Collector<never>, 'plane'>): string[] {
  const wrong: string[] = [];
  const { method, path, pathKind, servers, where, seen } = sighting;
  if (sighting.plane !== collector.plane) wrong.push(`plane ${sighting.plane}`);
  if (!/^(\*|[A-Z][A-Z0-9!#$%&'*+.^_`|~-]{0,31})$/.test(method)) wrong.push(`method ${method}`);
  if (pathKind !== 'regex' && normalisePath(path) !== path) wrong.push(`path ${path} is not normal`);
  if (pathKind !== 'regex' && /[\x00-\x20\x7f-\uffff]/.test(path.replace(/\{[^{}]*\}/g, '')))
    wrong.push(`path ${path} holds bytes that a URI has encoded`);
  for (const { host, basePath } of servers) {
    if (host !== null && (host === '' || host !== host.toLowerCase() || /[\s/]/.test(host))) wrong.push(`host ${host}`);
    if (basePath !== '' && (normalisePath(basePath) !== basePath || basePath === '/'))
      wrong.push(`base path ${basePath}`);
  }
  if ('file' in where && (where.file.startsWith('/') || where.file === ''))
    wrong.push(`file ${where.file} is not relative`);
  if (where.in === 'code' && !(where.line >= 1)) wrong.push(`line ${where.line}`);
  if (collector.plane === 'observed' && (!seen || !(seen.first <= seen.last) || seen.count < 1))
    wrong.push('not seen at any time');
  if (JSON.stringify(sighting).length > 65_536) wrong.push('larger than 64 KiB');
  return wrong;
}

/** Places of a JSON Schema that have no description. */
function undescribed(schema: unknown, at = 'config'): string[] {
  const { properties } = schema as { properties?: Record<string, { description?: string }> };
  return Object.entries(properties ?? {}).flatMap(([name, property]) => [
    ...(property.description ? [] : [`${at}.${name}`]),
    ...undescribed(property, `${at}.${name}`),
  ]);
}

async function drain<C>(
  subject: ContractSubject<C>,
  root: string,
  config: C,
): Promise<{ sightings: number; peakMegabytes: number }> {
  const script = fileURLToPath(new URL('drain.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=source',
      '--expose-gc',
      script,
      subject.module.path,
      subject.module.name,
      JSON.stringify(config),
      root,
    ],
    { maxBuffer: 1_048_576 },
  );
  return JSON.parse(stdout) as { sightings: number; peakMegabytes: number };
}
