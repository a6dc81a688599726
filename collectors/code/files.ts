import { posix } from 'node:path';

export type LeftOut = 'test' | 'example' | 'vendored' | 'generated';

const folders: Record<string, LeftOut> = {};
const name = (kind: LeftOut, names: string) => {
  for (const each of names.split(' ')) folders[each] = kind;
};
name(
  'test',
  'test tests __tests__ spec specs e2e cypress __mocks__ mocks mock __fixtures__ fixtures testing integration-tests testdata',
);
name(
  'example',
  'examples example samples sample demos demo docs doc docs_src tutorial tutorials benchmarks benchmark templates',
);
name(
  'vendored',
  'vendor vendors vendored third_party third-party thirdparty bower_components site-packages dist-packages venv virtualenv __pypackages__',
);
name('generated', 'dist build built out coverage generated __generated__ __pycache__');

/**
 * Why a file is not read unless asked for, by where it lies and how it is called; `null` when it is. Only what is below the
 * scope's folder counts, so that an example can be scanned by itself.
 */
export function leftOutByName(file: string): LeftOut | null {
  const parts = file.split('/');
  const base = parts.pop() ?? '';
  for (const part of parts) {
    const kind = folders[part.toLowerCase()];
    if (kind) return kind;
  }
  if (
    /\.(?:test|spec|e2e|cy|stories|mock)\.[cm]?[jt]sx?$|^test_.*\.py$|_tests?\.py$|^conftest\.py$|^setupTests\./i.test(
      base,
    )
  )
    return 'test';
  if (
    /\.d\.[cm]?ts$|\.min\.js$|[.-]bundle\.js$|\.generated\.|[.-][0-9a-f]{16,}\.m?js$|_pb2(?:_grpc)?\.py$|[._]pb\.[jt]s$/.test(
      base,
    )
  )
    return 'generated';
  return null;
}

const generatedMark = /@generated\b|\bDO NOT EDIT\b|\bauto-?generated\b[^\n]{0,80}\bdo not (?:edit|modify)\b/i;

/** Whether a program wrote the file: it says so at its top, or its lines are longer than a person's. */
export function leftOutByContent(source: string): LeftOut | null {
  if (generatedMark.test(source.slice(0, 800))) return 'generated';
  return isMinified(source) ? 'generated' : null;
}

const longLine = 5_000;

/** A line of thousands of characters, and few lines for the whole. */
function isMinified(source: string): boolean {
  if (source.length < longLine) return false;
  let lines = 1;
  let longest = 0;
  for (let at = 0; ; ) {
    const end = source.indexOf('\n', at);
    longest = Math.max(longest, (end < 0 ? source.length : end) - at);
    if (end < 0) break;
    lines++;
    at = end + 1;
  }
  return longest >= longLine && source.length / lines > 200;
}

const manifests = new Set(['package.json', 'tsconfig.json', 'jsconfig.json', 'tsconfig.base.json']);

/** Files that module resolution and naming read: manifests, and JSON that a source may import. */
export function isDocument(file: string): boolean {
  const base = posix.basename(file);
  return manifests.has(base) || /^tsconfig\.[\w.-]+\.json$/.test(base) || isManifest(base);
}

const projectFiles = new Set([
  'package.json',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'Pipfile',
  'deno.json',
]);

/** A file that says that its folder is a project of its own. */
export function isManifest(base: string): boolean {
  return projectFiles.has(base);
}
