// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references in the file are what is tested
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '#config/config';
import { ConfigError, problemText } from '#config/error';
import { findConfig } from '#config/find';
import { loadConfig } from '#config/load';
import { redactText } from '#log/redact';
import { defaultWindows } from '#model/rule';
import { registry } from './kinds.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'noontide-config-')));
  file = join(folder, 'noontide.yaml');
  await writeFile(join(folder, 'key.txt'), 'key-from-a-file\n');
  await writeFile(join(folder, 'empty.txt'), '');
  await writeFile(join(folder, 'large.txt'), 'k'.repeat(65_537));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(text: string, env: Record<string, string> = {}): Promise<Config> {
  await writeFile(file, text);
  return await loadConfig(file, registry, env);
}

/** What is wrong, as `line:column message (mend)`. */
async function wrong(text: string, env: Record<string, string> = {}): Promise<string[]> {
  try {
    await load(text, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => problemText({ ...problem, file: null }));
  }
  throw new Error('nothing was wrong');
}

const gateway = (options: string) =>
  `version: 1\nsources:\n  g:\n    kind: gateway\n${options.replace(/^/gm, '    ')}\n`;

describe('a good file', () => {
  test('with everything in it', async () => {
    const config = await load(`# yaml-language-server: $schema=x
version: 1
sources:
  specs:
    kind: spec
    paths: [specs/, more]
    service: orders
    timeout: 10m
  edge:
    kind: capture
    paths: [edge.pcap]
    environment: production
    service: edge
  off: { kind: har, paths: [x], enabled: false }
services:
  orders:
    hosts: [API.example.com:443, '*.example.com', '[::1]:8080']
    basePath: /v2/
    groups: [code/orders]
    codePrefix: ''
    owner: shop@example.com
  bare:
windows: { fresh: 7d, stale: 4w }
scan: { concurrency: 2 }
`);
    expect(config).toMatchObject({
      file,
      root: folder,
      concurrency: 2,
      windows: { fresh: 604_800_000, stale: 2_419_200_000 },
    });
    expect(config.sources.map(({ collector, ...source }) => ({ ...source, collector: collector.kind }))).toEqual([
      {
        name: 'specs',
        kind: 'spec',
        collector: 'spec',
        environment: '',
        service: 'orders',
        root: folder,
        timeoutMs: 600_000,
        options: { paths: ['specs/', 'more'], maxBytes: 1_000 },
      },
      {
        name: 'edge',
        kind: 'capture',
        collector: 'capture',
        environment: 'production',
        service: 'edge',
        root: folder,
        timeoutMs: 3_600_000,
        options: { paths: ['edge.pcap'], maxBytes: 1_000 },
      },
    ]);
    expect(config.services).toEqual([
      {
        name: 'orders',
        hosts: ['api.example.com', '*.example.com', '[::1]:8080'],
        basePath: '/v2',
        groups: ['code/orders', 'specs/*'],
        codePrefix: '',
        owner: 'shop@example.com',
      },
      { name: 'bare', hosts: [], basePath: '', groups: [], codePrefix: null, owner: '' },
      { name: 'edge', hosts: [], basePath: '', groups: ['edge/*'], codePrefix: null, owner: '' },
    ]);
  });

  test.each(['version: 1', 'version: 1\nsources:\nservices:\n', 'version: 1\nsources: {}'])(
    'with next to nothing: %j',
    async (text) => {
      const config = await load(text);
      expect(config).toMatchObject({ sources: [], services: [], windows: defaultWindows, concurrency: 4 });
    },
  );

  test('with anchors', async () => {
    const config = await load(
      'version: 1\nsources:\n  a: &a { kind: spec, paths: &p [x] }\n  b: { kind: har, paths: *p }\n  c: *a\n',
    );
    expect(config.sources.map(({ name, options }) => [name, options])).toEqual([
      ['a', { paths: ['x'], maxBytes: 1_000 }],
      ['b', { paths: ['x'], maxBytes: 1_000 }],
      ['c', { paths: ['x'], maxBytes: 1_000 }],
    ]);
  });
});

describe('references', () => {
  test.each([
    ['${A}', { A: 'x' }, 'x'],
    ['a-${A}-${B}', { A: '1', B: '2' }, 'a-1-2'],
    ['${A:-d}', {}, 'd'],
    ['${A:-d}', { A: '' }, 'd'],
    ['${A:-}', {}, ''],
    ['${A}', { A: '' }, ''],
    ['${A}', { A: '${B}' }, '${B}'],
    ['$${A}', { A: 'x' }, '${A}'],
    ['$A $ $$', {}, '$A $ $$'],
    ['${__proto__:-d}', {}, 'd'],
  ])('%s', async (text, env, expected) => {
    const { sources } = await load(
      `version: 1 # \${IN_A_COMMENT}\nsources:\n  a:\n    kind: spec\n    paths: ['${text}']\n`,
      env,
    );
    expect(sources[0]!.options).toEqual({ paths: [expected], maxBytes: 1_000 });
  });

  test('switches and numbers may be references too', async () => {
    const text =
      'version: 1\nscan:\n  concurrency: ${N}\nsources:\n  a:\n    kind: spec\n    paths: [x]\n    enabled: ${ON:-true}\n    timeout: ${T}\n';
    expect(await load(text, { N: '3', T: '5s' })).toMatchObject({ concurrency: 3, sources: [{ timeoutMs: 5_000 }] });
    expect((await load(text, { N: '3', T: '5s', ON: 'false' })).sources).toEqual([]);
  });

  test('what is not set is said with its place', async () => {
    expect(
      await wrong(
        'version: 1\nsources:\n  a:\n    kind: spec\n    paths:\n      - "a ${ONE} ${TWO}"\n      - ${ONE}\n',
      ),
    ).toEqual([
      '6:12: the environment variable ONE is not set (export it, or give a default: ${ONE:-…})',
      '6:19: the environment variable TWO is not set (export it, or give a default: ${TWO:-…})',
      '7:9: the environment variable ONE is not set (export it, or give a default: ${ONE:-…})',
    ]);
    expect(await wrong(gateway('region: ${R}\nkey: k'))).toEqual([
      '5:13: the environment variable R is not set (export it, or give a default: ${R:-…})',
    ]);
  });

  test('what is no reference is said', async () => {
    expect(await wrong('version: 1\nsources: { a: { kind: spec, paths: ["x ${1}"] } }')).toEqual([
      '2:40: "${" does not begin a reference here (write "$${" for the characters themselves)',
    ]);
  });

  test('nothing is asked of a disabled source', async () => {
    expect((await load(gateway('enabled: false\nkey: ${UNSET}\nregion: nowhere'))).sources).toEqual([]);
  });
});

describe('secrets', () => {
  test('come from the file, the environment and files, and are concealed', async () => {
    const text = gateway('region: north\nkey: file:key.txt\nnested: { tokens: ["${TOKEN}", token-in-the-file] }');
    const { sources } = await load(text, { TOKEN: 'token-from-the-environment' });
    const secrets = ['key-from-a-file', 'token-from-the-environment', 'token-in-the-file'];
    expect(sources[0]!.options).toEqual({ region: 'north', key: secrets[0], nested: { tokens: secrets.slice(1) } });
    for (const secret of secrets) expect(redactText(`say ${secret}!`)).toBe('say [redacted]!');
  });

  test('file: is a plain text where no secret is expected', async () => {
    const { sources } = await load('version: 1\nsources: { a: { kind: spec, paths: ["file:x"] } }');
    expect(sources[0]!.options).toEqual({ paths: ['file:x'], maxBytes: 1_000 });
  });

  test.each([
    ['file:missing.txt', '(ENOENT) (correct the path after file:, or the file’s rights)'],
    ['file:empty.txt', 'is empty (write the secret into it)'],
    ['file:.', '(EINVAL)'],
    ['file:/dev/zero', '(EINVAL)'],
    ['file:large.txt', 'is too large (no more than 65536 bytes)'],
  ])('%s cannot be had', async (key, message) => {
    const problems = await wrong(gateway(`region: north\nkey: ${key}`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^6:10: sources\.g\.key: the file of this secret/);
    expect(problems[0]).toContain(message);
  });

  test.skipIf(process.platform === 'win32')('a pipe is refused, and not waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const problems = await wrong(gateway('region: north\nkey: file:pipe'));
    expect(problems).toEqual([expect.stringMatching(/^6:10: sources\.g\.key: .*\(EINVAL\)/)]);
  });

  test('one of the greatest length is taken whole', async () => {
    await writeFile(join(folder, 'long.txt'), 'k'.repeat(65_536));
    const { sources } = await load(gateway('region: north\nkey: file:long.txt'));
    expect(sources[0]!.options).toMatchObject({ key: 'k'.repeat(65_536) });
  });

  test.runIf(process.platform === 'linux')('of a file that says it has no size, no more is read', async () => {
    const { sources } = await load(gateway('region: north\nkey: file:/proc/sys/kernel/ostype'));
    expect(sources[0]!.options).toMatchObject({ key: 'Linux' });
    const problems = await wrong(gateway('region: north\nkey: file:/proc/kallsyms'));
    expect(problems).toEqual([expect.stringContaining('is too large')]);
  });

  test('no value is in what is said', async () => {
    const env = { BAD: 'very-secret-value' };
    const texts = [
      gateway('region: ${BAD}\nkey: k\nrefuses: "${BAD}"'),
      gateway('region: very-secret-value\nkey: k\nretries: very-secret-value'),
      'version: 1\nsources: "very-secret-value" x',
      'version: 1\nsources: { "very-secret-value',
      'version: very-secret-value\nwindows: { fresh: very-secret-value }\nscan: { concurrency: very-secret-value }',
      'version: 1\nservices: { a: { hosts: ["https://very-secret-value/"], basePath: very-secret-value } }',
      'version: 1\nsources: { a: { kind: very-secret-value } }',
      'version: 1\nsources: { a: !very-secret-value x }',
      'version: 1\n}very-secret-value',
      'version: 1\nsources: |very-secret-value',
      '%very-secret-value\n---\nversion: 1',
      'version: *very-secret-value',
    ];
    for (const text of texts) expect((await wrong(text, env)).join('\n')).not.toContain('very-secret-value');
  });
});

describe('what is wrong is said, with its place and its mend', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', ['1:1: version: expected 1, the only version of this file there is']],
    ['another version', 'version: 2', ['1:10: version: expected 1, the only version of this file there is']],
    ['a list', '- 1', ['1:1: expected keys and values']],
    ['an unknown key', 'version: 1\nsorces: {}', ['2:1: unknown key sorces (did you mean sources?)']],
    [
      'a key far from any',
      'version: 1\nzzz: {}',
      ['2:1: unknown key zzz (known here: version, sources, services, windows, scan)'],
    ],
    [
      'a key of a service',
      'version: 1\nservices:\n  a:\n    host: [x]',
      ['4:5: unknown key services.a.host (did you mean hosts?)'],
    ],
    [
      'an option',
      'version: 1\nsources:\n  a:\n    kind: spec\n    paths: [x]\n    pathes: [x]',
      ['6:5: unknown key sources.a.pathes (did you mean paths?)'],
    ],
    [
      'a common option',
      'version: 1\nsources:\n  a:\n    kind: spec\n    paths: [x]\n    timout: 1s',
      ['6:5: unknown key sources.a.timout (did you mean timeout?)'],
    ],
    [
      'an option of a loose schema',
      gateway('region: north\nkey: k\nregoin: x'),
      ['7:5: unknown key sources.g.regoin (did you mean region?)'],
    ],
    [
      'an inner option',
      gateway('region: north\nkey: k\nnested:\n  token: [x]'),
      ['8:7: unknown key sources.g.nested.token (did you mean tokens?)'],
    ],
    [
      'a key twice',
      'version: 1\nsources:\n  a: { kind: spec, paths: [x] }\n  a: { kind: har, paths: [x] }',
      ['4:3: this key is there twice (keep one of them)'],
    ],
    [
      'no kind',
      'version: 1\nsources:\n  a:\n    paths: [x]',
      ['3:3: sources.a has no kind (add kind: one of spec, har, capture, code, gateway)'],
    ],
    [
      'an unknown kind',
      'version: 1\nsources:\n  a:\n    kind: specs',
      [
        '4:11: sources.a: there is no such kind of source (did you mean spec? known: spec, har, capture, code, gateway)',
      ],
    ],
    [
      'no source',
      'version: 1\nsources:\n  a:',
      ['3:3: sources.a: expected keys and values (give it a kind: one of spec, har, capture, code, gateway)'],
    ],
    [
      'a missing option',
      'version: 1\nsources:\n  a:\n    kind: spec',
      ['3:3: sources.a.paths: is missing (give it: a list)'],
    ],
    [
      'a wrong type',
      'version: 1\nsources:\n  a:\n    kind: spec\n    paths: x',
      ['5:12: sources.a.paths: expected a list'],
    ],
    [
      'a wrong item',
      'version: 1\nsources:\n  a:\n    kind: spec\n    paths:\n      - x\n      - 5',
      ['7:9: sources.a.paths[1]: expected a text'],
    ],
    ['a wrong choice', gateway('region: west\nkey: k'), ['5:13: sources.g.region: expected "north" or "south"']],
    [
      'a wrong branch',
      gateway('region: north\nkey: k\nretries: { most: x }'),
      ['7:22: sources.g.retries.most: expected a number'],
    ],
    [
      'a duration',
      'version: 1\nsources:\n  a: { kind: spec, paths: [x], timeout: 600 }',
      ['3:41: sources.a.timeout: expected a duration such as 30s, 10m, 2h or 30d, between 1s and 7d'],
    ],
    [
      'a duration out of bounds',
      'version: 1\nwindows:\n  fresh: 5m',
      ['3:10: windows.fresh: expected a duration such as 30s, 10m, 2h or 30d, between 1h and 3650d'],
    ],
    [
      'windows the wrong way',
      'version: 1\nwindows:\n  fresh: 30d\n  stale: 7d',
      ['4:10: windows.stale: stale must be longer than fresh'],
    ],
    [
      'concurrency',
      'version: 1\nscan:\n  concurrency: 0',
      ['3:16: scan.concurrency: expected a whole number from 1 to 64'],
    ],
    [
      'a host with a scheme',
      'version: 1\nservices:\n  a:\n    hosts: [https://x]',
      ['4:13: services.a.hosts[0]: a host has no scheme and no path: api.example.com, *.example.com, 10.0.0.1:8080'],
    ],
    [
      'a base path',
      'version: 1\nservices:\n  a:\n    basePath: v2',
      ['4:15: services.a.basePath: a base path is empty or begins with /'],
    ],
    [
      'the name of a source',
      'version: 1\nsources:\n  a/b: { kind: spec, paths: [x] }',
      ['3:3: sources.a/b: a source’s name is up to 64 letters, digits and . _ : -, and begins with a letter or digit'],
    ],
    ['a tab', 'version: 1\nsources:\n\ta: 1', ['3:1: a tab indents this line (use spaces)']],
    [
      'two documents',
      'version: 1\n---\nversion: 1',
      ['2:1: there is more than one document in the file (remove what follows ---)'],
    ],
    ['no anchor', 'version: 1\nsources: *a', ['2:10: there is no such anchor (set it above, with &)']],
    [
      'a hostile key',
      'version: 1\nsources:\n  __proto__: { kind: spec, paths: [x] }',
      ['3:3: this cannot be a key (a key is a plain word)'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await wrong(text)).toEqual(expected);
  });

  test('everything at once, in the order of the file', async () => {
    const problems = await wrong(
      'version: 2\nsources:\n  a:\n    kind: spec\n    paths: ["${UNSET}"]\n    x: 1\n  b: { kind: nope }\nscan: { concurency: 1 }\n',
    );
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['1', '5', '6', '7', '8']);
  });

  test('hostile files end soon', async () => {
    const bomb = `version: 1\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`;
    for (const text of [bomb, 'a: &a { b: *a }', '['.repeat(100_000), '{a: '.repeat(5_000), '\u0000\u0001']) {
      expect((await wrong(text)).length).toBeGreaterThan(0);
    }
  });

  test('whatever is in a file, it is read or refused in words', async () => {
    const good = gateway(
      'region: ${R:-north}\nkey: file:key.txt\nnested: { tokens: [a, b] }\nretries: { most: 1 }',
    ).split('');
    const edit = fc.record({
      at: fc.nat(good.length),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom(
          '\n',
          ': ',
          '- ',
          '&a ',
          '*a',
          '{',
          '[',
          '"',
          '${',
          '!!x ',
          '<<: ',
          '\t',
          '? ',
          '| ',
          '---\n',
          '%',
        ),
      ),
    });
    const edited = fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
      const text = [...good];
      for (const { at, remove, insert } of edits) text.splice(at, remove, ...insert);
      return text.join('');
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(edited, fc.string()), async (text) => {
        try {
          await load(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          for (const { line, column, message } of (error as ConfigError).problems) {
            expect([line! >= 1, column! >= 1, message.length > 0]).toEqual([true, true, true]);
            expect(line!).toBeLessThanOrEqual(text.split('\n').length);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['missing.yaml', 'there is no such file (noontide init writes one)'],
    ['.', 'this is not a file (name noontide.yaml itself)'],
  ])('%s', async (name, message) => {
    await expect(loadConfig(join(folder, name), registry, {})).rejects.toThrow(message);
  });

  test('a file that is too large', async () => {
    await expect(load(`version: 1\n#${'x'.repeat(1_048_576)}`)).rejects.toThrow('the file is too large');
  });
});

test('the nearest file is found from below', async () => {
  const nested = join(folder, 'find/a/b');
  await mkdir(nested, { recursive: true });
  await writeFile(join(folder, 'find/noontide.yml'), '');
  expect(await findConfig(nested)).toBe(join(folder, 'find/noontide.yml'));
  await writeFile(join(folder, 'find/a/noontide.yaml'), '');
  expect(await findConfig(nested)).toBe(join(folder, 'find/a/noontide.yaml'));
  expect(await findConfig('/')).toBeNull();
});
