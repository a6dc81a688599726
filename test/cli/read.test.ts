import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvColumns } from '#export/csv';
import { catalog } from '#export/schema';
import { copyOf, emptyFolder, remove, shopFolder } from './folder.ts';
import { hostile, noontide, type Ran, shell } from './small.ts';

let folder: string;
const run = (...args: string[]): Promise<Ran> => noontide(args, folder);

beforeAll(async () => {
  folder = await shopFolder();
});
afterAll(() => remove(folder));

describe('list', () => {
  test('a table, and counts on the other stream', async () => {
    const { code, out, err } = await run('list');
    const lines = out.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toBe('LEAF               METHOD  PATH                  SERVICE              PLANES  CALLS');
    expect(lines).toHaveLength(10);
    expect(lines[1]).toBe('shadow             GET     /admin/export         orders               -?-T        3');
    expect(err).toBe('9 endpoints: 1 zombie, 4 shadow, 2 fine, 2 unknown\n');
  });

  test.each([
    [['--verdict', 'zombie'], ['/orders/{id}/invoice']],
    [['--verdict', 'undocumented'], ['/internal/stats']],
    [
      ['--service', 'ord*', '--method', 'delete,post'],
      ['/orders', '/orders/{id}'],
    ],
    [
      ['--path', '/orders/**', '--plane', 'declared', '--plane', 'coded'],
      ['/orders', '/orders', '/orders/{id}', '/orders/{id}/invoice'],
    ],
    [
      ['--not-plane', 'declared', '--host', 'api.*'],
      ['/admin/export', '/orders/{id}'],
    ],
    [['--owner', 'team-orders', '--where', 'size(hosts) == 0 && coded != "yes"'], ['/carts/{id}']],
    [['--where', '"pay.example" in hosts'], ['/pay']],
    [['--seen-since', '2999-01-01'], []],
    [
      ['--sort', 'path:desc', '--limit', '2'],
      ['/pay', '/orders/{id}/invoice'],
    ],
    [['--where', 'size(hosts) > 0', '--sort', 'path', '--limit', '1'], ['/admin/export']],
  ])('%j lists %j', async (args, paths) => {
    const { code, out } = await run('list', '--columns', 'path', ...args);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').slice(1)).toEqual(paths);
  });

  test('a limit says of how many', async () => {
    expect((await run('list', '--limit', '2')).err).toMatch(/^2 of 9 endpoints: /);
  });

  test('JSON is the catalog, CSV has the columns', async () => {
    const { out } = await run('list', '--json');
    expect(catalog.strict().parse(JSON.parse(out)).endpoints).toHaveLength(9);
    expect(out).not.toContain('\u202e');
    const csv = await run('list', '--csv', '--columns', 'method,lastCall', '--limit', '1');
    expect(csv.out).toBe('method,last_call\r\nGET,2026-01-01 00:00\r\n');
  });

  test('--fail-on', async () => {
    expect((await run('list', '--fail-on', 'shadow')).code).toBe(1);
    expect((await run('list', '--fail-on', 'shadow', '--verdict', 'fine')).code).toBe(0);
    expect((await run('list', '--fail-on', 'high')).code).toBe(2);
  });

  test('colours only when asked for', async () => {
    const forced = await noontide(['list'], folder, { FORCE_COLOR: '1' });
    expect(forced.out).toContain('\u001b[31mshadow');
    expect((await noontide(['list', '--no-color'], folder, { FORCE_COLOR: '1' })).out).not.toContain('\u001b');
    expect((await run('list')).out).not.toContain('\u001b');
  });

  test('nothing that was captured reaches the terminal as a command', async () => {
    const { out } = await run('list', '--columns', 'service', '--path', '/pay');
    expect(out).toBe('SERVICE\npay\\x1b[31m\\u{202e}\n');
  });
});

describe('show', () => {
  test('by operation, path, id and its beginning', async () => {
    const { out } = await run('list', '--columns', 'id,path', '--path', '/internal/stats');
    const id = out.split('\n')[1]!.split(' ')[0]!;
    for (const what of [
      ['get', '/internal/stats'],
      ['GET /internal/stats'],
      ['/internal/stats'],
      [id],
      [id.slice(0, 8)],
    ]) {
      const shown = await run('show', ...what);
      expect([shown.code, shown.err]).toEqual([0, '']);
      expect(shown.out).toContain('GET /internal/stats\n');
      expect(shown.out).toContain('  code  app.ts:1\n');
      expect(shown.out).toContain('the code has it, and no specification declares it');
      expect(shown.out).toMatch(/history\n {2}\S+ \S+ {2}appeared/);
    }
  });

  test('how traffic shows it to be used', async () => {
    expect((await run('show', '/admin/export')).out).toContain(
      'answers 200 × 3, within 1.2 ms mostly, 1,235 ms nearly always, 2 clients of 1 network, by browser, curl, ' +
        'calls query d, query a, query b and 1 more, odd: obsolete fold',
    );
  });

  test('JSON has it all', async () => {
    const { out } = await run('show', 'GET', '/orders/{id}/invoice', '--json');
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      endpoint: { verdict: 'zombie', leaf: 'deprecated-in-use' },
      sightings: [{ plane: 'declared', location: 'api.yaml#/paths' }, { plane: 'observed' }],
      findings: [{ rule: 'deprecated-in-use', state: 'open' }],
      changes: [{ kind: 'appeared' }],
    });
  });

  test('what is not there, and what is several', async () => {
    const none = await run('show', 'GET', '/nowhere');
    expect([none.code, none.out]).toEqual([2, '']);
    expect(none.err).toContain('There is no endpoint "GET /nowhere"');
    const several = await run('show', '/orders');
    expect(several.code).toBe(2);
    expect(several.err).toMatch(/2 endpoints are meant[\s\S]*GET \/orders[\s\S]*POST \/orders/);
  });
});

describe('findings, services, runs, changes, doctor', () => {
  test('findings by service, with evidence', async () => {
    const { code, out, err } = await run('findings');
    expect(code).toBe(0);
    expect(out).toMatch(/^orders\n {2}shadow {2}GET \/admin\/export {2}\(high, live\)\n {6}it was called 3 times/);
    expect(out).toContain('      observed  edge  edge.pcap@1\n');
    expect(out).toContain('pay\\x1b[31m\\u{202e}\n');
    expect(err).toBe('5 findings: 2 high, 1 medium, 2 low\n');
  });

  test.each([
    [['--rule', 'shadow'], 2],
    [['--rule', 'shadow,undocumented'], 3],
    [['--severity', 'medium'], 3],
    [['--state', 'resolved'], 0],
    [['--service', 'orders', '--method', 'GET'], 3],
    [['--where', 'size(hosts) > 0 && path.startsWith("/orders/")'], 2],
    [['--limit', '1'], 1],
  ])('findings %j are %i', async (args, count) => {
    const { out } = await run('findings', '--json', ...args);
    expect(JSON.parse(out).findings).toHaveLength(count);
  });

  test('findings fail', async () => {
    expect((await run('findings', '--fail-on', 'high')).code).toBe(1);
    expect((await run('findings', '--fail-on', 'critical')).code).toBe(0);
    expect((await run('findings', '--state', 'gone')).err).toContain('There are open, acknowledged');
  });

  test('services', async () => {
    expect((await run('services')).out).toMatch(
      /orders +8 +1 zombie, 3 shadow, 2 fine, 2 unknown +declared coded observed/,
    );
    expect((await run('services', '--bindings')).out).toContain('api.shop.example is a host of orders');
    expect(JSON.parse((await run('services', '--json')).out).services).toHaveLength(2);
  });

  test('runs', async () => {
    expect((await run('runs')).out.trimEnd().split('\n')).toHaveLength(3);
    expect(JSON.parse((await run('runs', '--limit', '1', '--json')).out).runs).toMatchObject([
      { status: 'done', sightings: 15 },
    ]);
  });

  test('changes', async () => {
    const { out, err } = await run('changes');
    expect(out).toMatch(/appeared +DELETE +\/orders\/\{id\} +orders +shadow/);
    expect(err).toMatch(/^9 changes since .*: 9 appeared\n$/);
    expect(JSON.parse((await run('changes', '--since', '2999-01-01', '--json')).out)).toEqual({
      version: 1,
      changes: [],
    });
    expect((await run('changes', '--since', 'ever')).code).toBe(2);
  });

  test('doctor', async () => {
    const { code, out } = await run('doctor');
    expect(code).toBe(0);
    expect(out).toMatch(/ok +integrity[\s\S]*endpoints rows +9/);
    expect(JSON.parse((await run('doctor', '--json')).out)).toMatchObject({ ok: true, facts: { 'endpoints rows': 9 } });
  });
});

describe('export', () => {
  test('a file is put in place whole', async () => {
    const copy = await copyOf(folder);
    try {
      const { code, err, out } = await noontide(['export', '--format', 'csv', '--bom', '-o', 'catalog.csv'], copy);
      expect([code, out, err]).toEqual([0, '', '9 endpoints in catalog.csv\n']);
      const text = await readFile(join(copy, 'catalog.csv'), 'utf8');
      expect(text.startsWith(`\ufeff${csvColumns.join(',')}\r\n`)).toBe(true);
      expect(text.split('\r\n')).toHaveLength(11);
      expect(text).toContain(hostile);
      expect((await readdir(copy)).filter((name) => name.includes('.tmp'))).toEqual([]);
    } finally {
      await remove(copy);
    }
  });

  test('standard output, in every format', async () => {
    expect(catalog.strict().parse(JSON.parse((await run('export', '--format', 'json')).out)).endpoints).toHaveLength(9);
    const lines = (await run('export', '--format', 'ndjson', '--verdict', 'zombie', '-o', '-')).out
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line).path)).toEqual(['/orders/{id}/invoice']);
    expect((await run('export', '--format', 'csv')).out.split('\r\n')).toHaveLength(11);
  });

  test('where it cannot be written, nothing is left', async () => {
    const { code, err } = await run('export', '--format', 'csv', '-o', 'no/such/folder.csv');
    expect(code).toBe(2);
    expect(err).toContain('cannot be written');
    expect((await run('export')).code).toBe(2);
    expect((await run('export', '--format', 'json', '--bom')).code).toBe(2);
  });
});

describe('what goes wrong', () => {
  test('no inventory: what to run', async () => {
    const empty = await emptyFolder();
    try {
      const { code, err } = await noontide(['list', '--db', 'none.db'], empty);
      expect(code).toBe(4);
      expect(err).toContain('noontide scan');
      expect(await readdir(empty)).toEqual([]);
    } finally {
      await remove(empty);
    }
  });

  test('no inventory but another file', async () => {
    const copy = await copyOf(folder);
    try {
      await writeFile(
        join(copy, 'noontide.db'),
        'this is no database, and it is long enough to be looked at'.repeat(100),
      );
      const { code, err } = await noontide(['list'], copy);
      expect(code).toBe(4);
      expect(err).toContain('noontide.db');
    } finally {
      await remove(copy);
    }
  });

  test('an expression is refused with its place', async () => {
    const { code, err, out } = await run('list', '--where', 'calls > 1 && metod == "GET"');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('There is no field "metod". Did you mean "method"?');
    expect(err.split('\n').slice(-3)).toEqual(['  calls > 1 && metod == "GET"', '               ^', '']);
  });

  test.each([
    [['lst'], "unknown command 'lst'"],
    [['list', '--vedict', 'shadow'], '--verdict'],
    [['list', '--verdict', 'shdow'], 'Did you mean "shadow"'],
    [['list', '--limit', '0'], 'whole number'],
    [['list', '--json', '--csv'], 'one of them'],
    [['list', '--columns', 'x'], 'no column "x"'],
    [['list', 'extra'], 'too many arguments'],
    [['list', '--where', 'a'.repeat(20_000)], 'longer'],
    [['export', '--format', 'xml'], 'Allowed choices'],
    [['--config'], 'argument missing'],
  ])('%j is refused', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  test('a reader that goes is no trouble', async () => {
    const line = 'for i in 1 2 3; do noontide export --format ndjson | true; noontide list | head -n 1; done';
    expect(await shell(`set -o pipefail; ${line}`, folder)).toMatchObject({ code: 0 });
    expect((await shell('noontide export --format json | head -c 10', folder)).err).toBe('');
  });

  test('a full disk is told of', async () => {
    const { code, err } = await shell('noontide list > /dev/full', folder);
    expect([code, err.split('\n')[0]]).toEqual([2, expect.stringContaining('cannot be written')]);
  });

  test('version, help, and no command', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect((await run('--help')).code).toBe(0);
    const none = await run();
    expect([none.code, none.out]).toEqual([2, '']);
    expect(none.err).toContain('Usage: noontide');
  });

  test('the inventory of the environment, and of the data folder', async () => {
    const empty = await emptyFolder();
    try {
      expect((await noontide(['list'], empty, { NOONTIDE_DB: join(folder, 'noontide.db') })).code).toBe(0);
      const { err } = await noontide(['list'], empty, { XDG_DATA_HOME: join(empty, 'data'), HOME: empty });
      expect(err).toContain(empty);
    } finally {
      await remove(empty);
    }
  });
});
