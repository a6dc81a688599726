import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { code } from '#collectors/code/index';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';
import { collect } from '#test/collectors/contract';

export interface Read {
  sightings: Sighting[];
  report: ScopeReport;
}

/** Writes a project and reads its routes. */
export async function read(files: Record<string, string | Uint8Array>, config: object = {}): Promise<Read> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-routes-')));
  try {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), content);
    }
    const { sightings, reports } = await collect(code, code.config.parse({ paths: ['.'], ...config }), root);
    return { sightings, report: reports[0]! };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** `GET /users/{id}`, in order; a tail begins with `~`, other kinds than templates name themselves. */
export function shown({ sightings }: Read): string[] {
  return sightings
    .map(({ method, path, anchored, pathKind }) => {
      const kind = pathKind === 'template' ? '' : ` (${pathKind})`;
      return `${anchored ? '' : '~'}${method} ${path}${kind}`;
    })
    .sort();
}

export async function routesOf(files: Record<string, string>): Promise<string[]> {
  return shown(await read(files));
}
