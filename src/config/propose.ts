import { realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { Collector, Registry } from '#collectors/collector';
import { optionsSchema, schemaAddress } from './json-schema.ts';
import { type Hit, type Look, look } from './look.ts';
import { hasPaths } from './paths.ts';
import { namePattern } from './schema.ts';

/** A commented noontide.yaml for a folder: a source for every kind that is found in it. {@link loadConfig} accepts it. */
export async function proposeConfig(folder: string, registry: Registry): Promise<string> {
  const root = await realpath(folder);
  const found = await look(root, registry);
  return [head, ...sourceLines(found, root, registry), '', ...serviceLines(found), tail].join('\n');
}

const head = `# yaml-language-server: $schema=${schemaAddress}
#
# What noontide reads, and what it is to know. Every option is described in docs/configuration.md.
version: 1
`;

const tail = `
# How long ago the last call may be for an endpoint to be in use, and to be no more than stale.
# windows:
#   fresh: 30d
#   stale: 90d
`;

function sourceLines({ kinds, files, cut }: Look, root: string, registry: Registry): string[] {
  if (kinds.length === 0) {
    return [
      `# Nothing that can be read was found in this folder (${files.length} files${cut ? ' and more' : ''}).`,
      `# Kinds of sources: ${registry.map(({ kind }) => kind).join(', ')}.`,
      'sources: {}',
      '# sources:',
      '#   specs:',
      '#     kind: spec',
      '#     paths: [specs/]',
    ];
  }
  const lines = ['sources:'];
  if (cut) lines.push(`  # Only the first ${files.length} files of the folder were looked at; add what is missing.`);
  for (const { collector, hits } of kinds) {
    for (const [index, options] of merged(collector, hits, files, root).entries()) {
      const name = index === 0 ? collector.kind : `${collector.kind}-${index + 1}`;
      lines.push(`  # ${collector.about}`, ...indented(`${name}:`, 1));
      lines.push(
        ...indented(stringify({ kind: collector.kind, ...options }, { lineWidth: 0, flowCollectionPadding: false }), 2),
      );
    }
  }
  return lines;
}

/** One source's options for all hits that differ in their paths only. */
function merged(
  collector: Collector<unknown>,
  hits: readonly Hit[],
  files: readonly string[],
  root: string,
): Record<string, unknown>[] {
  const { properties = {} } = optionsSchema(collector);
  const groups = new Map<string, { options: Record<string, unknown>; hits: Hit[] }>();
  for (const hit of hits) {
    const all = Object.entries(localised(hit.options, root) as Record<string, unknown>);
    const options = Object.fromEntries(
      all.filter(([key, value]) => !isDeepStrictEqual(properties[key]?.default, value)),
    );
    const { paths, ...rest } = options;
    const key = JSON.stringify(hasPaths(options) ? rest : options);
    const group = groups.get(key);
    if (group) group.hits.push(hit);
    else groups.set(key, { options, hits: [hit] });
  }
  return [...groups.values()].map(({ options, hits }) =>
    hasPaths(options) ? { ...options, paths: pathsOf(hits, files) } : options,
  );
}

/**
 * The paths that cover what was found: a folder where all its files of the same extension are of the kind, so that files added
 * later are read too; else the files.
 */
function pathsOf(hits: readonly Hit[], files: readonly string[]): string[] {
  const known = new Set(hits.map(({ path }) => path));
  const extensions = new Set(hits.filter(({ folder }) => !folder).map(({ path }) => extname(path)));
  const mixed = new Set(['.']);
  for (const file of files) {
    if (known.has(file) || !extensions.has(extname(file))) continue;
    for (let at = dirname(file); !mixed.has(at); at = dirname(at)) mixed.add(at);
  }
  const paths = hits.map(({ path, folder }) => {
    if (folder) return path === '' ? '.' : `${path}/`;
    const parent = dirname(path);
    return mixed.has(parent) ? path : `${parent}/`;
  });
  return [...new Set(paths)].filter(
    (path) => !paths.some((outer) => outer !== path && outer.endsWith('/') && path.startsWith(outer)),
  );
}

/** Absolute paths below the folder made relative to it, anywhere in a value. */
function localised(value: unknown, root: string): unknown {
  if (typeof value === 'string') {
    return value === root || value.startsWith(join(root, '/')) ? relative(root, value) || '.' : value;
  }
  if (Array.isArray(value)) return value.map((item) => localised(item, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, localised(item, root)]));
}

function serviceLines({ kinds }: Look): string[] {
  const folders = kinds
    .flatMap(({ hits, inner }) => [...hits, ...inner])
    .filter(({ folder, path }) => folder && path !== '');
  const names = [...new Set(folders.map(({ path }) => basename(path)))].filter((name) => namePattern.test(name)).sort();
  const shown = names.length > 0 ? names.slice(0, 20) : ['orders'];
  return [
    '# Services are inferred from names, hosts and paths; `noontide services` shows how. What is said here wins.',
    '# A service may also have hosts, e.g. [api.example.com], a basePath, e.g. /v1, and an owner.',
    '# services:',
    ...shown.flatMap((name) => [`#   ${name}:`, `#     groups: ["*/${name}"]`]),
  ];
}

function indented(text: string, levels: number): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => '  '.repeat(levels) + line);
}
