import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '#collectors/capture/input/read';
import { openRegular, readUpTo } from '#collectors/open';
import { pieces } from '#collectors/pieces';
import { readText } from '#collectors/spec/files';
import { readHead } from '#config/look';
import { all } from '#test/db/samples';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what a file holds, up to a bound', async () => {
  const path = join(folder, 'text');
  await writeFile(path, 'abcdef');
  const file = await openRegular(path);
  expect(String(await readUpTo(file, 4))).toBe('abcd');
  expect(String(await readUpTo(file, 40))).toBe('abcdef');
  await file.close();
});

const nobody = { packet: () => undefined, secrets: () => undefined };
const readers: [string, (path: string) => Promise<unknown>][] = [
  ['openRegular', openRegular],
  ['a capture', (path) => readCapture(path, nobody, { signal: new AbortController().signal })],
  ['a HAR', (path) => all(pieces(path, () => undefined))],
  ['a specification', (path) => readText(path, 1_000)],
  ['noontide init', readHead],
];

describe.skipIf(process.platform === 'win32').each(readers)(
  '%s: what came into the place of a file since',
  (_, read) => {
    test.each(['pipe', '/dev/zero', 'folder'])('%s is refused, and not waited for', async (name) => {
      const path = name.startsWith('/') ? name : join(folder, name);
      await rm(path.startsWith(folder) ? path : join(folder, 'none'), { recursive: true, force: true });
      if (name === 'pipe') execFileSync('mkfifo', [path]);
      if (name === 'folder') await mkdir(path);
      await expect(read(path)).rejects.toMatchObject({ code: 'EINVAL' });
    });
  },
);
