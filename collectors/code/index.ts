import { readdirSync, statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import type { Collector, Emission, Run, Sniff } from '#collectors/collector';
import type { Problem } from '#model/scope';
import { isManifest } from './files.ts';
import { registerPython } from './parse.ts';
import { languages } from './registry.ts';
import { scanFolder } from './scan.ts';
import { type CodeConfig, codeConfig } from './schema.ts';

/** Routes of web frameworks in source code. Nothing of what is read is run. */
export const code: Collector<CodeConfig> = {
  kind: 'code',
  plane: 'coded',
  about: 'Routes that web frameworks register in source code (Express, FastAPI), with file, line, handler and guards.',
  config: codeConfig,
  sniff,
  collect,
};

const extensions = new Set(languages.flatMap((language) => language.extensions));

/** A folder that holds a manifest or sources, itself or one level down. */
function sniff(found: Sniff): CodeConfig | null {
  if (!found.folder) return null;
  const holds = (folder: string, depth: number): boolean => {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (
      entries.some((entry) => entry.isFile() && (isManifest(entry.name) || extensions.has(posix.extname(entry.name))))
    )
      return true;
    const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
    return depth > 0 && folders.slice(0, 64).some((entry) => holds(resolve(folder, entry.name), depth - 1));
  };
  try {
    return holds(found.path, 2) ? { paths: [found.path], exclude: [], includeTests: false } : null;
  } catch {
    // A folder that cannot be looked into is of no kind; whoever takes it says why it cannot be read.
    return null;
  }
}

async function* collect(config: CodeConfig, run: Run): AsyncGenerator<Emission> {
  const python = registerPython();
  const names = new Set<string>();
  for (const folder of config.paths) {
    run.signal.throwIfAborted();
    if (names.has(folder)) continue;
    names.add(folder);
    yield { type: 'begin', scope: folder, plane: 'coded' };
    const absolute = resolve(run.root, folder);
    const missing = whyMissing(absolute);
    if (missing !== null) {
      const saw = 'nothing: it could not be read';
      yield failed(folder, saw, {
        message: missing,
        where: folder,
        mend: `paths are folders, and start from ${run.root}`,
      });
      continue;
    }
    const unread = yield* scanFolder(folder, absolute, config, run, python);
    if (unread === 0 || python === null) continue;
    const scope = `${folder} (python)`;
    names.add(scope);
    yield { type: 'begin', scope, plane: 'coded' };
    yield failed(scope, `${unread} files that may hold routes, none read`, {
      message: python,
      where: folder,
      mend: 'scan on Linux with glibc, macOS or Windows (x64 or arm64), with optional packages installed',
    });
  }
  yield { type: 'scopes', names: [...names] };
}

function failed(scope: string, saw: string, problem: Problem): Emission {
  return {
    type: 'end',
    report: { scope, plane: 'coded', completeness: 'failed', saw, problems: [problem], covers: {} },
  };
}

function whyMissing(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? null : 'is no folder';
  } catch (error) {
    const { code: reason } = error as NodeJS.ErrnoException;
    return reason === 'ENOENT' ? 'there is no such folder' : `cannot be read (${reason})`;
  }
}
