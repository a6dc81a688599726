import { resolve } from 'node:path';
import { z } from 'zod';
import type { Collector, Emission, Run, Sniff } from '#collectors/collector';
import { type FoundFile, type Listing, listFiles } from '#collectors/files';
import type { Problem, ScopeReport } from '#model/scope';
import { decode } from './document.ts';
import { readJson } from './json.ts';
import { dialectOf, mayBeSpecification } from './recognise.ts';
import { emissionsOf, openSpecification } from './specification.ts';
import { keysOf } from './value.ts';

const config = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe('Files, folders and globs that hold OpenAPI documents, relative to noontide.yaml.'),
  maxBytes: z
    .int()
    .min(1_024)
    .default(32 * 1_048_576)
    .describe('The largest document that is read, in bytes.'),
});

export type SpecConfig = z.output<typeof config>;

/** OpenAPI 2.0, 3.0, 3.1 and 3.2 documents in JSON and YAML: one scope a document, named by its path. */
export const spec: Collector<SpecConfig> = {
  kind: 'spec',
  plane: 'declared',
  about: 'OpenAPI and Swagger documents in JSON and YAML: what an API is said to have.',
  config,
  sniff,
  collect,
};

async function* collect({ paths, maxBytes }: SpecConfig, run: Run): AsyncGenerator<Emission> {
  const listings: { pattern: string; listing: Listing }[] = [];
  for (const pattern of new Set(paths)) {
    listings.push({ pattern, listing: await listFiles(run.root, [pattern], isNamedLikeOne) });
  }
  const total = listings.reduce((sum, { listing }) => sum + listing.files.length, 0);
  const named = new Set(paths.map((path) => resolve(run.root, path)));
  const seen = new Set<string>();
  const scopes = new Set<string>();
  let done = 0;
  let whole = true;
  for (const { pattern, listing } of listings) {
    let documents = 0;
    for (const file of listing.files) {
      run.progress({ done: done++, total, unit: 'files', at: file.path });
      const again = seen.has(file.absolute);
      seen.add(file.absolute);
      if (again) {
        documents += Number(scopes.has(file.path));
        continue;
      }
      for await (const emission of emissionsOfFile(file, named.has(file.absolute), maxBytes, run)) {
        if (emission.type === 'begin') {
          documents++;
          scopes.add(emission.scope);
        }
        yield emission;
      }
    }
    if (listing.problems.length > 0) whole = false;
    const report = patternReport(pattern, listing, documents);
    if (report && !scopes.has(report.scope)) {
      scopes.add(report.scope);
      yield { type: 'begin', scope: report.scope, plane: 'declared' };
      yield { type: 'end', report };
    }
  }
  run.progress({ done, total, unit: 'files' });
  // A folder that could not be read may still hold its documents: nothing is retired on its word.
  if (whole) yield { type: 'scopes', names: [...scopes] };
}

/** Nothing for a file of a folder that is no OpenAPI document. */
async function* emissionsOfFile(
  file: FoundFile,
  direct: boolean,
  maxBytes: number,
  run: Run,
): AsyncGenerator<Emission> {
  run.signal.throwIfAborted();
  const opened = await openSpecification(file, direct, maxBytes, run.root, run.signal);
  if (opened === null) return;
  if ('scope' in opened) {
    yield { type: 'begin', scope: opened.scope, plane: 'declared' };
    yield { type: 'end', report: opened };
    return;
  }
  for (const emission of emissionsOf(opened)) {
    run.signal.throwIfAborted();
    yield emission;
  }
}

/** What is wrong with a pattern itself: it could not be listed, or gave no document. */
function patternReport(pattern: string, { files, problems }: Listing, documents: number): ScopeReport | null {
  if (problems.length === 0 && documents > 0) return null;
  const saw = `JSON and YAML files: ${files.length}, OpenAPI documents among them: ${documents}`;
  const none: Problem = {
    message: 'no OpenAPI document is there',
    where: pattern,
    mend: 'correct the path, or name the document itself to see what is taken for it',
  };
  return {
    scope: pattern,
    plane: 'declared',
    completeness: documents === 0 ? 'failed' : 'partial',
    saw,
    problems: problems.length > 0 ? problems : [none],
    covers: {},
  };
}

function isNamedLikeOne(path: string): boolean {
  return /\.(?:json|ya?ml)$/i.test(path);
}

/** A file whose first bytes are those of an OpenAPI document, or that is named like one and begins like one. */
function sniff({ path, folder, head }: Sniff): SpecConfig | null {
  if (folder || !isSpecificationHead(decode(head), path)) return null;
  return config.parse({ paths: [path] });
}

/** The head of a JSON file is cut JSON: read as far as it goes, so that a version inside of something else is none. */
function isSpecificationHead(head: string, path: string): boolean {
  const named = /(?:openapi|swagger)[^/\\]*\.(?:json|ya?ml)$/i.test(path);
  if (/^\s*\{/.test(head)) {
    const { value } = readJson(head);
    return dialectOf(value) !== null || (named && keysOf(value).some((key) => topLevel.test(key)));
  }
  return mayBeSpecification(head) || (named && head.split('\n').some((line) => topLevel.test(line)));
}

const topLevel = /^(?:info|paths|components|definitions|servers|tags)(?:[ \t]*:|$)/;
