import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';

const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
const maxLength = 3 * 1_048_576;

/**
 * Owners by CODEOWNERS (docs.github.com, "About code owners"): the first file of `.github/`, the root and `docs/`; the last
 * pattern that matches wins, also when it names nobody. A path is relative to the repository's top.
 */
export function codeOwners(top: string): (path: string) => string | undefined {
  for (const place of places) {
    const source = readText(join(top, place));
    if (source !== null) return matcher(source);
  }
  return () => undefined;
}

export function matcher(source: string): (path: string) => string | undefined {
  const rules = source.split('\n').flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    // Negation and ranges are not part of the syntax; such lines are ignored there as well.
    if (!pattern || pattern.startsWith('!') || pattern.includes('[')) return [];
    return [{ matches: matches(pattern), owner: owners.join(' ').slice(0, 256) }];
  });
  return (path) => rules.findLast((rule) => rule.matches(path))?.owner || undefined;
}

function matches(pattern: string): (path: string) => boolean {
  const anchored = pattern.slice(0, -1).includes('/');
  const bare = pattern.replace(/^\//, '');
  const base = anchored ? bare : `**/${bare}`;
  // `docs/*` takes files of that folder alone; anything else takes what is below it, too.
  const globs = bare.endsWith('/')
    ? [`${base}**`]
    : /(?:^|\/)\*$/.test(bare) && anchored
      ? [base]
      : [base, `${base}/**`];
  return picomatch(globs, { dot: true, nobrace: true, noextglob: true, nonegate: true });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').slice(0, maxLength);
  } catch {
    return null;
  }
}
