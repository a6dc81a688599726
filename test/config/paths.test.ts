import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ConfigError } from '#config/error';
import { loadConfig } from '#config/load';
import { configForPaths } from '#config/paths';
import { proposeConfig } from '#config/propose';
import { gateway, registry } from './kinds.ts';

let root: string;

const files: Record<string, string | Uint8Array> = {
  'shop/specs/orders.yaml': 'openapi: 3.1.0\n',
  'shop/specs/v2/users.json': '{"openapi": "3.0.0"}',
  'shop/specs/README.md': '# read me',
  'shop/mixed/openapi.yaml': 'swagger: "2.0"\n',
  'shop/mixed/compose.yaml': 'services: {}\n',
  'shop/services/orders/package.json': '{}',
  'shop/services/users/package.json': '{}',
  'shop/node_modules/x/openapi.yaml': 'openapi: 3.1.0\n',
  'shop/captures/edge.pcap': new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]),
  'mono/package.json': '{}',
  'mono/packages/orders/package.json': '{}',
  'notes/a.md': 'x',
  'notes/b.md': 'x',
  'notes/LICENSE': 'x',
  'text.txt': 'hello',
  'binary.bin': new Uint8Array([1, 0, 2]),
  'empty.har': '',
  'browser.har': '{"log": {}}',
};

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-paths-')));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await mkdir(join(root, 'hollow'));
  await symlink('shop/specs/orders.yaml', join(root, 'link.yaml'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function found(...paths: string[]) {
  const { sources } = await configForPaths(paths, root, registry);
  return sources.map(({ name, root: from, options }) => {
    const { paths } = options as { paths: string[] };
    return [name, from, paths].flat().map((path) => path.replaceAll(root, '•'));
  });
}

describe('paths given directly', () => {
  test('a file is a source of its kind', async () => {
    expect(await found('browser.har', 'shop/specs/orders.yaml')).toEqual([
      ['har:•/browser.har', '•', '•/browser.har'],
      ['spec:•/shop/specs/orders.yaml', '•/shop/specs', '•/shop/specs/orders.yaml'],
    ]);
  });

  test('a folder is a source for every kind in it', async () => {
    expect(await found('shop')).toEqual([
      ['spec:•/shop', '•/shop', '•/shop'],
      ['capture:•/shop', '•/shop', '•/shop'],
      ['code:•/shop', '•/shop', '•/shop'],
    ]);
    expect(await found('mono')).toEqual([['code:•/mono', '•/mono', '•/mono']]);
  });

  test('a path is the same source from wherever it is named', async () => {
    const from = async (cwd: string, path: string) =>
      (await configForPaths([path], join(root, cwd), registry)).sources[0];
    const { name, root: base, options } = (await from('', 'shop/specs/orders.yaml'))!;
    expect(await from('shop/specs', './orders.yaml')).toMatchObject({ name, root: base, options });
    expect(await from('', 'link.yaml')).toMatchObject({ name, root: base, options });
    expect(await found('browser.har', './browser.har')).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')('the home folder is shown as ~', async () => {
    vi.stubEnv('HOME', root);
    try {
      expect((await found('browser.har'))[0]).toEqual(['har:~/browser.har', '•', '•/browser.har']);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.each([
    ['missing', 'there is no such file or folder'],
    ['text.txt/x', 'there is no such file or folder'],
    ['text.txt', 'of no kind that can be read: it holds 5 bytes of text (kinds that can be: spec, har, capture, code)'],
    ['binary.bin', 'it holds 3 bytes of binary data'],
    ['empty.har', 'of no kind that can be read: it is empty'],
    ['hollow', 'nothing in this folder is of a kind that can be read: it holds no files'],
    ['notes', 'it holds 3 files (2 .md, 1 without extension)'],
  ])('%s: what was seen and what is read', async (path, message) => {
    await expect(found('browser.har', path)).rejects.toThrow(ConfigError);
    await expect(found('browser.har', path)).rejects.toThrow(`${path}: `);
    await expect(found('browser.har', path)).rejects.toThrow(message);
  });

  test.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    try {
      await expect(found('pipe')).rejects.toThrow('neither a file nor a folder');
      expect(await found('shop')).toHaveLength(3);
    } finally {
      await rm(join(root, 'pipe'));
    }
  });

  test('no kind reads paths', async () => {
    await expect(configForPaths(['text.txt'], root, [gateway])).rejects.toThrow('write a noontide.yaml');
  });
});

describe('a proposal', () => {
  async function proposed(folder: string) {
    const text = await proposeConfig(join(root, folder), registry);
    const file = join(root, folder, 'noontide.yaml');
    await writeFile(file, text);
    try {
      const { sources, services } = await loadConfig(file, registry, {});
      return { text, services, sources: sources.map(({ name, options }) => [name, options]) };
    } finally {
      await rm(file);
    }
  }

  test('has what was found, and is accepted', async () => {
    const { text, sources, services } = await proposed('shop');
    expect(sources).toEqual([
      ['spec', { paths: ['mixed/openapi.yaml', 'specs/'], maxBytes: 1_000 }],
      ['capture', { paths: ['captures/'], maxBytes: 1_000 }],
      ['code', { paths: ['services/orders/', 'services/users/'], maxBytes: 1_000 }],
    ]);
    expect(services).toEqual([]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/noontide\.schema\.json\n/);
    expect(text).toContain('  # Specifications.\n  spec:\n    kind: spec\n    paths:\n');
    expect(text).toContain('#   orders:\n#     groups: ["*/orders"]\n#   users:\n');
    // No service is given another's example.
    expect(text).not.toMatch(/^# +(hosts|basePath|owner):/m);
    expect(text).not.toContain('maxBytes');
    expect(text).not.toContain(root);
  });

  test('names the whole folder where a kind is found at its top', async () => {
    const { text, sources } = await proposed('mono');
    expect(sources).toEqual([['code', { paths: ['.'], maxBytes: 1_000 }]]);
    expect(text).toContain('#   orders:');
  });

  test.each(['notes', 'hollow'])('of a folder with nothing says so: %s', async (folder) => {
    const { text, sources } = await proposed(folder);
    expect(sources).toEqual([]);
    expect(text).toContain('Nothing that can be read was found in this folder');
  });

  test('is still good with its comments taken off', async () => {
    const text = await proposeConfig(join(root, 'shop'), registry);
    const file = join(root, 'uncommented.yaml');
    await writeFile(file, text.replace(/^# (services|windows| {2})/gm, '$1'));
    const { services } = await loadConfig(file, registry, {});
    expect(services.map(({ name, groups }) => [name, groups])).toEqual([
      ['orders', ['*/orders']],
      ['users', ['*/users']],
    ]);
  });
});
