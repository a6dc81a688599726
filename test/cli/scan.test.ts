import { execFile, spawn } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openInventory } from '#db/sqlite/open';
import { pcapFile, request, response, talk } from '#test/collectors/capture/pcap';
import { sighting } from '#test/model/make';
import { emptyFolder, remove } from './folder.ts';
import { configuration, noontide, type Ran, specification } from './small.ts';

const bin = fileURLToPath(new URL('../../dist/src/cli/bin.js', import.meta.url));

let folder: string;
const run = (...args: string[]): Promise<Ran> => noontide(args, folder);
const spec = () => join(folder, 'openapi.yaml');

beforeEach(async () => {
  folder = await emptyFolder();
  await writeFile(join(folder, 'noontide.yaml'), configuration);
  await writeFile(spec(), specification);
});
afterEach(() => remove(folder));

describe('init', () => {
  test('writes what it found, once', async () => {
    const refused = await run('init');
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toContain('--force');
    const written = await run('init', '--force', '--json');
    expect(JSON.parse(written.out)).toMatchObject({ version: 1, sources: [{ name: 'spec', kind: 'spec' }] });
    expect((await run('scan', '--quiet')).code).toBe(0);
    expect((await run('init', '--print')).out).toContain('kind: spec');
    expect((await run('init', 'no/such/folder')).code).toBe(2);
  });
});

describe('scan', () => {
  test('reports what every source saw, totals, and where the inventory is', async () => {
    const { code, out, err } = await run('scan');
    expect(code).toBe(0);
    expect(out).toMatch(/^1 source, 2 sightings, /);
    expect(out).toContain('  specs  complete  (spec, ');
    expect(out).toContain('      openapi.yaml: OpenAPI 3.1.0 "Orders" 1.2.0: 2 operations on 2 paths');
    expect(out).toContain('2 endpoints: 2 unknown');
    expect(out).toContain(`inventory: ${join(folder, 'noontide.db')}`);
    expect(err).toContain('specs: reading (spec)');
  });

  test('names of sources, paths, and what is neither', async () => {
    expect((await run('scan', 'specs')).out).toContain('  specs  complete');
    expect((await run('scan', 'openapi.yaml')).out).toMatch(/ {2}spec:\S*openapi.yaml {2}complete/);
    const mixed = await run('scan', 'specs', 'openapi.yaml');
    expect([mixed.code, mixed.err]).toEqual([2, expect.stringContaining('not both')]);
    const nothing = await run('scan', 'nope');
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('no file, folder or source "nope"')]);
  });

  test('without a configuration it says what to do, or reads what it is given', async () => {
    const empty = await emptyFolder();
    try {
      const env = { XDG_DATA_HOME: join(empty, 'data'), HOME: empty };
      const nothing = await noontide(['scan'], empty, env);
      expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('noontide init')]);
      await writeFile(join(empty, 'api.yaml'), specification);
      const given = await noontide(['scan', 'api.yaml'], empty, env);
      expect(given.code).toBe(0);
      expect(given.out).toContain(join('noontide', 'noontide.db'));
      expect((await noontide(['list'], empty, env)).err).toContain('2 endpoints');
    } finally {
      await remove(empty);
    }
  });

  test('a TLS key log goes to captures, and only to paths', async () => {
    await writeFile(join(folder, 'edge.pcap'), pcapFile(talk([request('GET', '/v1/orders'), response(200)])));
    await writeFile(join(folder, 'keys.log'), '# nothing yet\n');
    expect((await run('scan', 'edge.pcap', '--tls-keylog', 'keys.log')).out).toMatch(
      / {2}capture:\S*edge.pcap {2}complete/,
    );
    const refused = async (...args: string[]) => {
      const { code, err } = await run('scan', ...args);
      expect(code).toBe(2);
      return err;
    };
    expect(await refused('--tls-keylog', 'keys.log')).toContain('set its `keylog:`');
    expect(await refused('specs', '--tls-keylog', 'keys.log')).toContain('set its `keylog:`');
    expect(await refused('openapi.yaml', '--tls-keylog', 'keys.log')).toContain('none of these paths is one');
    expect(await refused('edge.pcap', '--tls-keylog', 'no.log')).toContain('There is no key log "no.log"');
  });

  test('one document of JSON', async () => {
    const { code, out } = await run('scan', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      exitCode: 0,
      inventory: join(folder, 'noontide.db'),
      scan: { status: 'done', sightings: 2 },
      sources: [{ source: 'specs', status: 'ok', scopes: [{ completeness: 'complete', saw: expect.any(String) }] }],
      totals: { unknown: 2 },
      undecided: { coded: 2, observed: 2 },
      findings: [],
      firstView: true,
      changes: [{ kind: 'appeared' }, { kind: 'appeared' }],
    });
  });

  test('what was read in part is 3, and accepted only when said', async () => {
    await appendFile(spec(), 'broken: [\n');
    const { code, out } = await run('scan', '--fail-on', 'unknown');
    expect(code).toBe(3);
    expect(out).toMatch(/specs {2}partial[\s\S]*openapi.yaml:10:1: /);
    expect((await run('scan', '--allow-partial')).code).toBe(0);
    expect((await run('scan', '--allow-partial', '--fail-on', 'unknown')).code).toBe(1);
  });

  test('what failed is 3, whatever is accepted', async () => {
    await writeFile(spec(), 'nothing: here\n');
    expect((await run('scan', '--allow-partial')).code).toBe(3);
  });

  test('a configuration that cannot be used names its place', async () => {
    await writeFile(join(folder, 'noontide.yaml'), 'version: 1\nsources:\n  specs:\n    kind: spce\n');
    const { code, out, err } = await run('scan');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/noontide.yaml:4:\d+: .*spec/);
  });

  test('nothing to scan is no success', async () => {
    await writeFile(join(folder, 'noontide.yaml'), 'version: 1\n');
    const { code, err } = await run('scan');
    expect([code, err]).toEqual([2, expect.stringContaining('nothing to scan')]);
  });

  test('--fail-on names verdicts', async () => {
    expect((await run('scan', '--fail-on', 'unknown')).code).toBe(1);
    expect((await run('scan', '--fail-on', 'indeterminate')).code).toBe(1);
    expect((await run('scan', '--fail-on', 'zombie,high,fine')).code).toBe(0);
    expect((await run('scan', '--fail-on', 'zombies')).code).toBe(2);
  });

  test('changes since the scan before', async () => {
    await run('scan');
    await appendFile(spec(), '    post: { responses: { "201": { description: made } } }\n');
    const { out } = await run('scan');
    expect(out).toMatch(/1 change since the scan before\n.*appeared {2}POST \/orders\/\{id\}/);
  });
});

describe('a quiet scan', () => {
  test('says nothing when nothing is new', async () => {
    expect(await run('scan', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    expect(await run('scan', '--quiet')).toEqual({ code: 0, out: '', err: '' });
  });

  test('says what did not go well', async () => {
    await run('scan', '--quiet');
    await appendFile(spec(), 'broken: [\n');
    const { code, out, err } = await run('scan', '--quiet');
    expect([code, err]).toEqual([3, '']);
    expect(out).toMatch(/^ {2}specs {2}partial/);
  });

  test('says what it found for the first time, once', async () => {
    await run('scan', '--quiet');
    await captured('GET /admin');
    const { code, out, err } = await run('scan', '--quiet', '--fail-on', 'shadow');
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(
      /^1 new finding\n\nOrders\n {2}shadow {2}GET \/admin {2}\(high, live\)\n[\s\S]*observed {2}edge {2}edge.pcap@1/,
    );
    expect(await run('scan', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    const { findings } = JSON.parse((await run('scan', '--json')).out);
    expect(findings).toMatchObject([{ rule: 'shadow', new: false }]);
  });

  test('says which verdicts changed', async () => {
    await run('scan', '--quiet');
    await captured('GET /orders');
    expect((await run('list')).err).toMatch(/stopped before it had judged/);
    const { out } = await run('scan', '--quiet');
    expect(out).toMatch(/^1 changed verdict\n {2}\S+ \S+ {2}changed {2}GET \/orders {2}Orders {2}.*→/);
  });
});

/** What a capture would land, by a scan that was killed before it made its view. */
async function captured(operation: string): Promise<void> {
  const host = 'api.shop.example';
  const edge = { name: 'edge', kind: 'capture', environment: '' };
  const store = await openInventory(join(folder, 'noontide.db'));
  try {
    const { id } = await store.beginScan('0.0.0', [edge]);
    const writer = store.scope(id, edge, 'edge.pcap', 'observed');
    await writer.add(sighting('observed', operation, { host }));
    const report = {
      scope: 'edge.pcap',
      plane: 'observed',
      completeness: 'complete',
      saw: '1 call',
      problems: [],
    } as const;
    await writer.end({ ...report, problems: [], covers: { hosts: [host] } });
    await store.endScan(id, 'interrupted');
  } finally {
    await store.close();
  }
}

test('a source that another process reads is busy, and 3', async () => {
  const store = await openInventory(join(folder, 'noontide.db'));
  const lease = await store.lease('specs');
  try {
    expect('release' in lease).toBe(true);
    const { code, out } = await run('scan', '--quiet');
    expect(code).toBe(3);
    expect(out).toMatch(/specs {2}busy: process \d+/);
    expect((await run('scan', '--quiet', '--allow-partial')).code).toBe(0);
  } finally {
    if ('release' in lease) await lease.release();
    await store.close();
  }
  expect((await run('scan', '--quiet')).code).toBe(0);
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, expected) => {
  test('stops in good order, and the inventory is whole', async () => {
    await many();
    const { code, err } = await stopped(['scan'], signal, 1);
    expect(code).toBe(expected);
    expect(err).toContain('Stopping');
    expect((await run('doctor')).code).toBe(0);
    expect(JSON.parse((await run('runs', '--json')).out).runs[0].status).toBe('interrupted');
    expect((await run('scan', '--quiet')).code).toBe(0);
  });
});

test('a second Ctrl-C ends at once, and the inventory is whole', async () => {
  await many();
  const { code } = await stopped(['scan'], 'SIGINT', 2);
  expect(code).toBe(130);
  expect((await run('doctor')).code).toBe(0);
  expect((await run('scan', '--quiet')).code).toBe(0);
});

/** Enough documents that a scan is still at it when it is told to stop. */
async function many(): Promise<void> {
  await mkdir(join(folder, 'apis'));
  const documents = Array.from({ length: 2_000 }, (_, index) =>
    writeFile(join(folder, 'apis', `api-${index}.yaml`), specification.replace('Orders', `Orders ${index}`)),
  );
  await Promise.all(documents);
  await writeFile(join(folder, 'noontide.yaml'), configuration.replace('openapi.yaml', 'apis/*.yaml'));
}

/** Runs, and sends a signal as soon as the source is being read. */
function stopped(
  args: readonly string[],
  signal: NodeJS.Signals,
  times: number,
): Promise<{ code: number | null; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    let sent = 0;
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
      if (sent === 0 && err.includes('reading')) sent += Number(child.kill(signal));
      else if (sent > 0 && sent < times && err.includes('Stopping')) sent += Number(child.kill(signal));
    });
    child.on('close', (code) => resolve({ code, err }));
  });
}

test.each([
  ['20.19.0', '10'],
  ['22.12.0', '9'],
])('Node %s with Node-API %s is refused in one line', async (node, napi) => {
  const { code, err } = await new Promise<{ code: unknown; err: string }>((resolve) => {
    const pretend = `for (const [name, value] of Object.entries(${JSON.stringify({ node, napi })})) {
      Object.defineProperty(process.versions, name, { value });
    }`;
    const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
    execFile(process.execPath, ['--import', preload, bin, 'list'], (error, _, stderr) =>
      resolve({ code: error?.code, err: stderr }),
    );
  });
  expect(code).toBe(2);
  expect(err).toBe(`noontide needs Node.js 22.14 or newer, and this is ${node}.\n`);
});
