import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectors } from '#collectors/index';
import { loadConfig } from '#config/load';
import { noontide, shell } from '#test/cli/small';

const project = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let report: string;
/** Every page that users read, by its path in the project. */
const pages = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-docs-'));
  await cp(join(project, 'examples'), folder, { recursive: true, filter: (path) => !/\.db(-\w+)?$/.test(path) });
  report = (await noontide(['scan'], folder)).out;
  const docs = (await readdir(join(project, 'docs'), { recursive: true })).map((path) => join('docs', path));
  const top = (await readdir(project)).filter((path) => path.endsWith('.md'));
  for (const path of [...top, ...docs, 'examples/README.md'].filter((name) => name.endsWith('.md'))) {
    pages.set(path, await readFile(join(project, path), 'utf8'));
  }
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fenced blocks of a language, `''` for those without one. */
function blocks(page: string, language: string): string[] {
  const found: string[] = [];
  let open: { language: string; lines: string[] } | null = null;
  for (const line of page.split('\n')) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence === null) {
      open?.lines.push(line);
    } else if (open === null) {
      open = { language: fence[1] ?? '', lines: [] };
    } else {
      if (open.language === language) found.push(open.lines.join('\n'));
      open = null;
    }
  }
  return found;
}

test('every command that a page shows runs', async () => {
  const bad: string[] = [];
  let ran = 0;
  for (const [path, page] of pages) {
    // These run in a folder of their own: see test/cli/examples.test.ts.
    if (path === 'docs/cli.md' || path === 'docs/recipes.md') continue;
    const lines = blocks(page, 'console').flatMap((block) =>
      [...block.matchAll(/^\$ (noontide .+)$/gm)].map((match) => match[1] ?? ''),
    );
    for (const line of lines) {
      const { code, err } = await shell(line, folder);
      const expected = line.includes('--fail-on') ? 1 : 0;
      if (code !== expected) bad.push(`${path}: ${line}: exit code ${code}: ${err}`);
      ran++;
    }
  }
  expect(bad).toEqual([]);
  expect(ran).toBeGreaterThan(9);
}, 120_000);

test('every configuration that a page shows is one', async () => {
  const env = new Proxy({}, { get: () => 'x', has: () => true }) as NodeJS.ProcessEnv;
  let loaded = 0;
  for (const [path, page] of pages) {
    for (const block of blocks(page, 'yaml').filter((text) => /^sources:/m.test(text))) {
      const file = join(folder, `example-${loaded++}.yaml`);
      await writeFile(file, /^version:/m.test(block) ? block : `version: 1\n${block}`);
      await expect(loadConfig(file, collectors, env), `${path}: ${block}`).resolves.toBeDefined();
    }
  }
  expect(loaded).toBeGreaterThan(3);
});

test('every link leads somewhere', () => {
  const bad: string[] = [];
  for (const [path, page] of pages) {
    for (const [, target = ''] of page.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? join(project, path) : resolve(project, dirname(path), file);
      const there = pages.get(relative(project, to)) ?? '';
      if (!existsSync(to)) bad.push(`${path}: ${target}: there is no such file`);
      else if (anchor !== undefined && !anchors(there).includes(anchor))
        bad.push(`${path}: ${target}: no such heading`);
    }
  }
  expect(bad).toEqual([]);
});

test('what the README shows of the report is what the report says', () => {
  const [shown = ''] = blocks(pages.get('README.md') ?? '', '').filter((block) => block.includes('endpoints:'));
  // Times and the commit are those of one run.
  const plain = (line: string) => line.replace(/, [\d.]+ m?s\b/, '').replace(/@[0-9a-f]{12}$/, '');
  const said = new Set(report.split('\n').map(plain));
  expect(shown.split('\n').filter((line) => line.trim() !== '…' && !said.has(plain(line)))).toEqual([]);
  expect(shown.split('\n').length).toBeGreaterThan(15);
});

/** As GitHub makes them of headings. */
function anchors(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}
