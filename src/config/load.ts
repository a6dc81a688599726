import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Collector, Registry } from '#collectors/collector';
import { isSecretName } from '#log/redact';
import { nearest } from '#model/nearest';
import { type Config, type SourceConfig, withSourceServices } from './config.ts';
import { type ConfigDocument, type Path, readDocument } from './document.ts';
import { ConfigError, type ConfigProblem } from './error.ts';
import { type Explained, explain, pathText, unknownKey } from './issue.ts';
import { alternatives, below, configSchema, type JsonSchema, keysAt, optionsSchema } from './json-schema.ts';
import { commonOptions, fileSchema } from './schema.ts';
import { resolveSecrets } from './secret.ts';

const maxBytes = 1_048_576;

/**
 * Reads noontide.yaml.
 *
 * @param registry The kinds of sources there are.
 * @param env What `${NAME}` refers to.
 * @throws {ConfigError} With everything that is wrong, each with its line, column and mend.
 */
export async function loadConfig(
  file: string,
  registry: Registry,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const path = resolve(file);
  const document = readDocument(await readText(path), env);
  const loading = new Loading(path, document, registry);
  const config = await loading.config();
  const problems = loading.problems();
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** One reading of one file: gathers problems, so that all are told at once. */
class Loading {
  readonly #file: string;
  readonly #document: ConfigDocument;
  readonly #registry: Registry;
  readonly #explained: Explained[] = [];
  readonly #disabled = new Set<string>();

  constructor(file: string, document: ConfigDocument, registry: Registry) {
    this.#file = file;
    this.#document = document;
    this.#registry = registry;
  }

  async config(): Promise<Config> {
    const root = dirname(this.#file);
    const value = present(this.#document.value ?? {});
    const schema = configSchema(this.#registry);
    const parsed = fileSchema.safeParse(mapped(value, 'services', present));
    if (!parsed.success) this.#add(parsed.error, [], (path) => keysAt(path.reduce(below, [schema])));

    // Sources are looked at even when the rest is wrong, so that one run shows everything.
    const sources: SourceConfig[] = [];
    for (const [name, source] of Object.entries(record(record(value)['sources']))) {
      const read = await this.#source(name, source, root);
      if (read) sources.push(read);
    }
    const { services = {}, windows = { fresh: 0, stale: 0 }, scan = { concurrency: 1 } } = parsed.data ?? {};
    this.#refuseLeaks(schema);
    const rules = Object.entries(services).map(([name, rule]) => ({ name, ...rule }));
    return {
      file: this.#file,
      root,
      sources,
      services: withSourceServices(rules, sources),
      windows,
      concurrency: scan.concurrency,
    };
  }

  async #source(name: string, value: unknown, root: string): Promise<SourceConfig | null> {
    const at: Path = ['sources', name];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#problem(at, 'key', `${pathText(at)}: expected keys and values`, `give it a kind: one of ${this.#kinds()}`);
      return null;
    }
    const common = z.looseObject(commonOptions).safeParse(present(value));
    if (record(value)['enabled'] === false || record(value)['enabled'] === 'false') this.#disabled.add(name);
    if (!common.success) {
      const missing = record(value)['kind'] ?? null;
      if (missing === null)
        this.#problem(at, 'key', `${pathText(at)} has no kind`, `add kind: one of ${this.#kinds()}`);
      this.#add(common.error, at, () => [], missing === null ? 'kind' : null);
      return null;
    }
    const { kind, service, environment, timeout, enabled, ...own } = common.data;
    const collector = this.#registry.find((known) => known.kind === kind);
    if (!collector) {
      const near = nearest(
        kind,
        this.#registry.map((known) => known.kind),
      );
      const hint = near === null ? '' : `did you mean ${near}? `;
      this.#problem(
        [...at, 'kind'],
        'value',
        `${pathText(at)}: there is no such kind of source`,
        `${hint}known: ${this.#kinds()}`,
      );
      return null;
    }
    if (!enabled) return null;
    const options = await this.#options(collector, own, at, root);
    if (!options) return null;
    return {
      name,
      kind,
      environment,
      service: service ?? null,
      root,
      timeoutMs: timeout,
      options: options.data,
      collector,
    };
  }

  async #options(
    collector: Collector<unknown>,
    own: Record<string, unknown>,
    at: Path,
    root: string,
  ): Promise<{ data: unknown } | null> {
    const schema = optionsSchema(collector);
    const known = [...keysAt([schema]), ...Object.keys(commonOptions)];
    const open = typeof schema.additionalProperties === 'object';
    const unknown = open ? [] : Object.keys(own).filter((key) => !known.includes(key));
    for (const key of unknown) this.#explained.push(unknownKey([...at, key], known));

    const before = this.#explained.length;
    const problem = (path: Path, message: string, mend: string) =>
      this.#problem(path, 'value', `${pathText(path)}: ${message}`, mend);
    const resolved = record(await resolveSecrets(own, [schema], root, problem, at));
    for (const key of unknown) delete resolved[key];
    const parsed = collector.config.safeParse(resolved);
    // A secret that could not be had was told already.
    if (!parsed.success && this.#explained.length === before) {
      this.#add(parsed.error, at, (path) => keysAt(path.slice(at.length).reduce(below, [schema])));
    }
    return parsed.success ? { data: parsed.data } : null;
  }

  /** What is no secret option goes into the inventory and reports, and the file may be another's: it may not take a secret there. */
  #refuseLeaks(schema: JsonSchema): void {
    for (const { path, name } of this.#document.taken) {
      if (!isSecretName(name)) continue;
      const places = path.reduce<readonly JsonSchema[]>(below, [schema]).flatMap(alternatives);
      if (places.some(({ writeOnly }) => writeOnly === true)) continue;
      const mend = 'name a variable that holds none, or write the value itself';
      this.#problem(
        path,
        'value',
        `${pathText(path)}: ${name} is a secret by its name, and this option is shown`,
        mend,
      );
    }
  }

  #kinds(): string {
    return this.#registry.map(({ kind }) => kind).join(', ');
  }

  #problem(path: Path, part: 'key' | 'value', message: string, mend: string): void {
    this.#explained.push({ path, part, message, mend });
  }

  #add(error: z.ZodError, at: Path, keys: (path: Path) => string[], except: string | null = null): void {
    for (const issue of error.issues) {
      if (except !== null && issue.path.length === 1 && issue.path[0] === except) continue;
      this.#explained.push(...explain({ ...issue, path: [...at, ...issue.path] }, keys));
    }
  }

  /** In the order of the file. Nothing is said of what a disabled source refers to. */
  problems(): ConfigProblem[] {
    const ignored = (path: Path) => path[0] === 'sources' && this.#disabled.has(String(path[1]));
    const unset = new Set<string>();
    const found: ConfigProblem[] = [];
    for (const { path, line, column, message, mend } of this.#document.problems) {
      if (path.length > 0 && ignored(path)) continue;
      unset.add(path.join('\0'));
      found.push({ file: this.#file, line, column, message, mend });
    }
    for (const { path, part, message, mend } of this.#document.broken ? [] : this.#explained) {
      // A value whose reference is not set is wrong only for that.
      if (unset.has(path.join('\0'))) continue;
      const place = this.#document.place(path, part);
      found.push({ file: this.#file, ...place, message: this.#withoutValues(message), mend });
    }
    return found.sort((a, b) => a.line! - b.line! || a.column! - b.column!);
  }

  #withoutValues(message: string): string {
    return this.#document.taken
      .filter(({ value }) => value.length > 2)
      .reduce((text, { value }) => text.replaceAll(value, '…'), message);
  }
}

async function readText(file: string): Promise<string> {
  const fail = (message: string, mend: string) => new ConfigError([{ file, line: null, column: null, message, mend }]);
  try {
    // A pipe in its place would block: it opens without waiting, and is refused.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw fail('this is not a file', 'name noontide.yaml itself');
      if (found.size > maxBytes) throw fail('the file is too large', `no more than ${maxBytes} bytes`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT') throw fail('there is no such file', 'noontide init writes one');
    throw fail(`the file cannot be read (${code})`, 'correct its rights');
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A key without a value is as if it were not there. */
function present(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== null));
}

/** A value with one of its keys' values, each held by name, passed through a function. */
function mapped(value: unknown, key: string, each: (held: unknown) => unknown): unknown {
  const held = record(value)[key];
  if (typeof held !== 'object' || held === null || Array.isArray(held)) return value;
  const changed = Object.entries(held).map(([name, inner]) => [name, each(inner ?? {})]);
  return { ...record(value), [key]: Object.fromEntries(changed) };
}
