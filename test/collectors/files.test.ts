import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { listFiles } from '#collectors/files';

let root: string;
const yaml = (path: string) => path.endsWith('.yaml');

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-files-')));
  await mkdir(join(root, 'given/deep/node_modules/x'), { recursive: true });
  await mkdir(join(root, 'outside'));
  for (const path of [
    'given/a.yaml',
    'given/deep/b.yaml',
    'given/deep/node_modules/x/c.yaml',
    'given/note.txt',
    'outside/o.yaml',
  ]) {
    await writeFile(join(root, path), 'x: 1\n');
  }
  await symlink(join(root, 'outside/o.yaml'), join(root, 'given/away.yaml'));
  await symlink('a.yaml', join(root, 'given/near.yaml'));
  await symlink(join(root, 'given'), join(root, 'given/deep/loop'));
  await symlink('nowhere.yaml', join(root, 'given/dangling.yaml'));
});

test.each([
  ['a folder', ['given'], ['given/a.yaml', 'given/deep/b.yaml', 'given/near.yaml']],
  ['a glob', ['given/*.yaml'], ['given/a.yaml', 'given/near.yaml']],
  ['a glob over folders', ['**/b.yaml'], ['given/deep/b.yaml']],
  ['a file whatever its name', ['given/note.txt'], ['given/note.txt']],
  ['the same file twice', ['given/a.yaml', 'given/a.yaml'], ['given/a.yaml']],
  ['nothing', ['given/*.json'], []],
])('%s', async (_, patterns, expected) => {
  expect((await listFiles(root, patterns, yaml)).files.map((file) => file.path)).toEqual(expected);
});

test('absolute patterns are shown relative to the root', async () => {
  const { files } = await listFiles(join(root, 'outside'), [join(root, 'given/*.yaml'), root], yaml);
  expect(files.map((file) => file.path)).toContain('../given/a.yaml');
  expect(files.map((file) => file.path)).toContain('o.yaml');
});

test('what was not taken is said', async () => {
  const { problems } = await listFiles(root, ['given', 'missing', 'given/*.json'], yaml);
  expect(problems.map((problem) => problem.where)).toEqual(['given/away.yaml', 'missing', 'given/*.json']);
  expect(problems.every((problem) => problem.message.length > 0)).toBe(true);
});

test('what would keep a folder from being listed is a problem at most', async () => {
  const folder = join(root, 'hostile');
  const deep = join(folder, ...Array<string>(66).fill('d'));
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'below.yaml'), '');
  await writeFile(join(folder, 'a.yaml'), '');
  await symlink('circle.yaml', join(folder, 'circle.yaml'));
  await symlink('circle', join(folder, 'circle'));
  await symlink('/dev/zero', join(folder, 'zero.yaml'));
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
  await writeFile(Buffer.concat([Buffer.from(`${folder}/bytes`), Buffer.from([0xff]), Buffer.from('.yaml')]), '');
  const { files, problems } = await listFiles(root, ['hostile'], yaml);
  expect(files.map(({ path }) => path)).toEqual(['hostile/a.yaml']);
  expect(problems.map(({ message }) => message).sort()).toEqual([
    expect.stringContaining('64 folders deep'),
    expect.stringContaining('not UTF-8'),
  ]);
});

test('a glob that would be matched for ever is refused', async () => {
  await writeFile(join(root, 'given', 'a'.repeat(250)), '');
  for (const glob of ['given/*a*a*a*a*a*a*b', '**/**x/**/**/*', 'given/+(+(a|aa)|*a)b']) {
    const { files, problems } = await listFiles(root, [glob], () => true);
    expect([files, problems]).toEqual([[], [expect.objectContaining({ where: glob })]]);
  }
});
