import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { Run } from '#collectors/collector';
import { type FoundFile, foreignFolders, listFiles, shown } from '#collectors/files';
import { openRegular, readUpTo } from '#collectors/open';
import type { Problem } from '#model/scope';
import { isDocument, type LeftOut, leftOutByContent, leftOutByName } from './files.ts';
import type { Framework } from './framework.ts';
import { frameworks, languages } from './registry.ts';
import type { CodeConfig } from './schema.ts';
import { maxSourceSize } from './source.ts';

/** What a folder holds, before anything is parsed. */
export interface Survey {
  /** Every source and manifest, left out or not, relative to the folder. */
  files: Set<string>;
  sources: number;
  /** Sources that may hold a route, in the order of their paths. */
  candidates: string[];
  /** Frameworks that the source names. */
  used: Framework[];
  leftOut: Map<LeftOut | 'excluded', number>;
  problems: Problem[];
}

const extensions = new Set(languages.flatMap((language) => language.extensions));

/** Lists a folder and reads each source once, as bytes, to tell which may hold a route. */
export async function survey(folder: string, within: string, config: CodeConfig, run: Run): Promise<Survey> {
  const accept = (path: string) => extensions.has(posix.extname(path)) || path.endsWith('.json') || isDocument(path);
  const listing = await listFiles(run.root, [folder], accept, [...foreignFolders, '**/venv/**', '**/site-packages/**']);
  const found: Survey = {
    files: new Set(),
    sources: 0,
    candidates: [],
    used: [],
    leftOut: new Map(),
    problems: listing.problems.filter((problem) => !problem.message.startsWith('nothing of this kind')),
  };
  const excluded = picomatch(config.exclude, { dot: true });
  const sources: { path: string; file: FoundFile }[] = [];
  for (const file of listing.files) {
    const path = shown(within, file.absolute);
    found.files.add(path);
    if (extensions.has(posix.extname(path))) sources.push({ path, file });
  }
  const used = new Set<Framework>();
  const held = new Map<string, Framework[]>();
  for (const [i, { path, file }] of sources.entries()) {
    run.signal.throwIfAborted();
    if (i % 256 === 0) run.progress({ done: i, total: sources.length, unit: 'files', at: file.path });
    const kind = excluded(path) ? 'excluded' : wanted(leftOutByName(path), config);
    if (kind !== null) {
      count(found.leftOut, kind);
      continue;
    }
    found.sources++;
    await look(path, file, found, used, held);
  }
  found.used = frameworks.filter((framework) => used.has(framework));
  for (const [path, holders] of held) {
    if (holders.some((framework) => used.has(framework))) found.candidates.push(path);
  }
  return found;
}

function wanted(kind: LeftOut | null, config: CodeConfig): LeftOut | null {
  return config.includeTests && (kind === 'test' || kind === 'example') ? null : kind;
}

function count(into: Survey['leftOut'], kind: LeftOut | 'excluded'): void {
  into.set(kind, (into.get(kind) ?? 0) + 1);
}

/** A file, or as much of it as may be parsed. */
async function readHead(file: FoundFile): Promise<Buffer> {
  const handle = await openRegular(file.absolute);
  try {
    return await readUpTo(handle, Math.min(file.size, maxSourceSize));
  } finally {
    await handle.close();
  }
}

async function look(
  path: string,
  file: FoundFile,
  found: Survey,
  used: Set<Framework>,
  held: Map<string, Framework[]>,
): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await readHead(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    const mend = 'give the user who scans the right to read it';
    found.problems.push({ message: `cannot be read (${code})`, where: file.path, mend });
    return;
  }
  // One character a byte: the words looked for are ASCII, and nothing is decoded in vain.
  const source = bytes.toString('latin1');
  const language = languages.find((each) => each.extensions.includes(posix.extname(path)));
  const holders = frameworks.filter((each) => each.language === language?.name && each.holds.test(source));
  if (holders.length === 0) return;
  const kind = leftOutByContent(source);
  if (kind !== null) {
    found.sources--;
    count(found.leftOut, kind);
    return;
  }
  if (file.size > maxSourceSize) {
    const message = 'is too large to be parsed (over 2 MiB); its routes are not known';
    found.problems.push({ message, where: file.path, mend: 'exclude it if it is generated' });
    return;
  }
  held.set(path, holders);
  for (const framework of holders) if (framework.marks.test(source)) used.add(framework);
}
