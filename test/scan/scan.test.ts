import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Emission } from '#collectors/collector';
import type { Config } from '#config/config';
import { ConfigError } from '#config/error';
import { openInventory } from '#db/sqlite/open';
import { InventoryError, type InventoryStore, type Lease } from '#db/store';
import { concealSecret } from '#log/secrets';
import type { View } from '#model/view';
import type { ScanEvent } from '#scan/event';
import { refreshView } from '#scan/refresh';
import { type ScanOptions, scan } from '#scan/scan';
import { begin, configOf, emitting, end, seen, sighting, source, untilStopped, whole } from './sources.ts';

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent };
const noView: View = { endpoints: [], services: [], findings: [] };

let store: InventoryStore;
beforeEach(async () => {
  store = await openInventory(':memory:');
});
afterEach(() => store.close());

function options(config: Config, part: Partial<ScanOptions> = {}): ScanOptions {
  return { store, config, signal: new AbortController().signal, log, version: '0', buildView: () => noView, ...part };
}

async function paths(): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of store.sightings()) found.push(path);
  return found.sort();
}

async function standing(name: string): Promise<string[]> {
  return (await store.scopes()).flatMap(({ source, scope }) => (source === name ? [scope] : [])).sort();
}

/** True when nobody holds the sources, nor the view. */
async function areFree(...names: string[]): Promise<boolean> {
  const leases = await Promise.all([...names, '*view*'].map((name) => store.lease(name)));
  return leases.every((lease) => 'release' in lease);
}

describe('a scan', () => {
  test('lands every scope of every source, and makes the view of all', async () => {
    const given: unknown[] = [];
    const a = source('a', () => emitting(...whole('one', '/x', '/y'), ...whole('two', '/z')));
    const b = source('b', () => emitting(...whole('three', '/w')), { environment: 'production' });
    const events: ScanEvent[] = [];
    const {
      sources,
      scan: record,
      firstView,
    } = await scan(
      options(configOf(a, b), {
        onEvent: (event) => void events.push(event),
        buildView: (...all) => {
          given.push(all[0].length, all[1].length);
          return noView;
        },
      }),
    );
    expect(sources.map(({ source, status, sightings, reason }) => [source, status, sightings, reason])).toEqual([
      ['a', 'ok', 3, ''],
      ['b', 'ok', 1, ''],
    ]);
    expect(await paths()).toEqual(['/w', '/x', '/y', '/z']);
    expect(Object.fromEntries((await store.scopes()).map(({ scope, environment }) => [scope, environment]))).toEqual({
      one: '',
      two: '',
      three: 'production',
    });
    expect(given).toEqual([4, 3]);
    expect(record).toMatchObject({ status: 'done', scopes: 3, sightings: 4, sources: ['a', 'b'] });
    expect((await store.runs(1))[0]).toMatchObject({ status: 'done' });
    expect(firstView).toBe(true);
    expect(await areFree('a', 'b')).toBe(true);
    const kinds = events.map(({ type }) => type);
    expect(kinds[0]).toBe('scan-started');
    expect(kinds.at(-1)).toBe('view-built');
    expect(kinds.filter((kind) => kind === 'scope-ended')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'source-ended')).toHaveLength(2);
  });

  test('reads no more sources at once than it may, and each of them', async () => {
    let now = 0;
    let most = 0;
    const busy = (name: string) =>
      source(name, async function* () {
        most = Math.max(most, ++now);
        for (let i = 0; i < 5; i++) await setImmediate();
        yield* whole(name, '/x');
        now--;
      });
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const { sources } = await scan(options({ ...configOf(...names.map(busy)), concurrency: 3 }));
    expect(sources.map(({ source }) => source)).toEqual(names);
    expect(most).toBe(3);
  });

  test('reads the sources that are named only, and knows no others', async () => {
    const config = configOf(
      source('a', () => emitting(...whole('one', '/x'))),
      source('b', () => emitting()),
    );
    expect((await scan(options(config, { only: ['a'] }))).sources.map(({ source }) => source)).toEqual(['a']);
    await expect(scan(options(config, { only: ['ab'] }))).rejects.toThrow(ConfigError);
    await expect(scan(options(config, { only: ['ab'] }))).rejects.toThrow(/no enabled source ab.*did you mean/);
  });
});

describe('a source that goes wrong', () => {
  const good = () => source('good', () => emitting(...whole('fine', '/fine')));

  test('throws: what it said is kept, its scope is partial, the others go on', async () => {
    concealSecret('s3cret-of-the-test');
    const bad = source('bad', async function* () {
      yield* whole('first', '/a');
      yield begin('second');
      yield seen('/b');
      throw new Error('no such thing as s3cret-of-the-test');
    });
    const { sources, scan: record } = await scan(options(configOf(bad, good())));
    expect(sources.map(({ status }) => status)).toEqual(['partial', 'ok']);
    expect(sources[0]!.reason).toBe('no such thing as [redacted]');
    expect(sources[0]!.scopes.map(({ scope, completeness }) => [scope, completeness])).toEqual([
      ['first', 'complete'],
      ['second', 'partial'],
    ]);
    expect(sources[0]!.scopes[1]!.problems).toEqual([
      { message: 'no such thing as [redacted]', mend: 'run with --verbose to see where it happened' },
    ]);
    expect(await paths()).toEqual(['/a', '/b', '/fine']);
    expect(record.status).toBe('incomplete');
    expect(await areFree('bad', 'good')).toBe(true);
  });

  test('throws before it saw anything: its scope failed', async () => {
    const bad = source('bad', async function* (): AsyncIterable<Emission> {
      yield begin('only');
      throw new Error('no');
    });
    const [outcome] = (await scan(options(configOf(bad)))).sources;
    expect(outcome).toMatchObject({ status: 'failed', reason: 'no', scopes: [{ completeness: 'failed' }] });
  });

  test('gives nothing and no word on it', async () => {
    const { sources } = await scan(
      options(
        configOf(
          source('mute', () => emitting()),
          good(),
        ),
      ),
    );
    expect(sources.map(({ status }) => status)).toEqual(['failed', 'ok']);
    expect(sources[0]!.reason).not.toBe('');
  });

  test('says a secret: it does not come into the inventory', async () => {
    concealSecret('s3cret-of-the-report');
    const told: Emission = {
      type: 'end',
      report: {
        scope: 'x',
        plane: 'declared',
        completeness: 'partial',
        saw: 'a s3cret-of-the-report',
        problems: [
          { message: 'm s3cret-of-the-report', where: 'w s3cret-of-the-report', mend: 'd s3cret-of-the-report' },
        ],
        covers: {},
      },
    };
    const result = await scan(options(configOf(source('a', () => emitting(begin('x'), told)))));
    expect(JSON.stringify([result.sources, await store.scopes()])).not.toContain('s3cret');
  });

  test('says itself that a scope is not complete', async () => {
    const problems = [{ message: 'the file is cut', where: 'x.pcap@7' }];
    const cut: Emission = {
      type: 'end',
      report: { scope: 'x', plane: 'declared', completeness: 'partial', saw: '3 packets', problems, covers: {} },
    };
    const [outcome] = (await scan(options(configOf(source('a', () => emitting(begin('x'), cut)))))).sources;
    expect(outcome).toMatchObject({ status: 'partial', reason: 'x.pcap@7: the file is cut' });
  });

  test.each<[string, Emission[], string]>([
    ['a sighting outside of a scope', [seen('/a')], 'outside of a scope'],
    ['a scope within a scope', [begin('one'), begin('two')], 'began inside of one'],
    ['a scope twice', [...whole('one'), begin('one')], 'began twice'],
    ['an end without a beginning', [end('one')], 'had not begun'],
    ['the end of another scope', [begin('one'), end('two')], 'had not begun'],
    ['no end', [begin('one'), seen('/a')], 'ended before its scope did'],
  ])('does not keep to the order: %s', async (_, emissions, reason) => {
    const [outcome] = (await scan(options(configOf(source('a', () => emitting(...emissions)))))).sources;
    expect(outcome!.status).not.toBe('ok');
    expect(outcome!.reason).toContain(reason);
  });

  test('gives a sighting that is not well formed: it is refused, and the scope is not complete', async () => {
    const wrong: Emission = { type: 'sighting', sighting: sighting('/b', { method: 'get' }) };
    const bad = source('a', () => emitting(begin('one'), seen('/a'), wrong, end('one')));
    const [outcome] = (await scan(options(configOf(bad)))).sources;
    expect(outcome).toMatchObject({ status: 'partial', sightings: 1, scopes: [{ completeness: 'partial' }] });
    expect(outcome!.reason).toContain('1 sighting was refused: its method');
    expect(await paths()).toEqual(['/a']);
  });
});

describe('a source that takes too long', () => {
  test('is stopped at its limit, and what it said is kept', async () => {
    const slow = source(
      'slow',
      async function* (run) {
        yield begin('one');
        yield seen('/a');
        await untilStopped(run);
      },
      { timeoutMs: 30 },
    );
    const good = source('good', () => emitting(...whole('fine', '/fine')));
    const { sources, scan: record } = await scan(options(configOf(slow, good)));
    expect(sources.map(({ status }) => status)).toEqual(['timeout', 'ok']);
    expect(sources[0]!.reason).toContain('took longer than its limit');
    expect(sources[0]!.scopes).toMatchObject([{ scope: 'one', completeness: 'partial' }]);
    expect(await paths()).toEqual(['/a', '/fine']);
    expect(record.status).toBe('incomplete');
  });

  test('is stopped although it never waits', async () => {
    const endless = source(
      'endless',
      async function* () {
        yield begin('one');
        for (;;) yield seen('/a');
      },
      { timeoutMs: 30 },
    );
    const [outcome] = (await scan(options(configOf(endless)))).sources;
    expect(outcome!.status).toBe('timeout');
  });

  test('is left behind when it does not stop when told', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    try {
      const deaf = source('deaf', async function* () {
        yield begin('one');
        yield seen('/a');
        await new Promise(() => undefined);
      });
      const scanning = scan(options(configOf(deaf)));
      await vi.advanceTimersByTimeAsync(60_000 + 5_000);
      const [outcome] = (await scanning).sources;
      expect(outcome).toMatchObject({ status: 'timeout', scopes: [{ completeness: 'partial' }] });
      expect(await paths()).toEqual(['/a']);
      expect(await areFree('deaf')).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a scan that the user stops', () => {
  test('keeps what was read, reads no further, frees its leases, and makes the view', async () => {
    const controller = new AbortController();
    let closed = false;
    const midway = source('midway', async function* (run) {
      try {
        yield* whole('whole', '/a');
        yield begin('half');
        yield seen('/b');
        controller.abort();
        yield seen('/c');
        yield end('half');
        await untilStopped(run);
      } finally {
        closed = true;
      }
    });
    let started = false;
    const never = source('never', async function* () {
      started = true;
      yield* whole('x');
    });
    const config = { ...configOf(midway, never), concurrency: 1 };
    const { sources, scan: record } = await scan(options(config, { signal: controller.signal }));
    expect(sources.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(sources[0]!.scopes.map(({ scope, completeness }) => [scope, completeness])).toEqual([
      ['whole', 'complete'],
      ['half', 'partial'],
    ]);
    expect(await paths()).toEqual(['/a', '/b']);
    expect([closed, started]).toEqual([true, false]);
    expect(record.status).toBe('interrupted');
    expect(await areFree('midway', 'never')).toBe(true);
    expect(await store.viewIsCurrent()).toBe(true);
  });
});

describe('a lease', () => {
  test('held elsewhere: the source is busy, and says by whom; the others go on', async () => {
    await store.lease('a');
    const a = source('a', () => emitting(...whole('one', '/a')));
    const b = source('b', () => emitting(...whole('two', '/b')));
    const { sources, scan: record } = await scan(options(configOf(a, b)));
    expect(sources[0]).toMatchObject({ status: 'busy', holder: { source: 'a', pid: process.pid } });
    expect(sources[0]!.reason).toContain(`process ${process.pid} on `);
    expect(await paths()).toEqual(['/b']);
    expect(record.status).toBe('incomplete');
  });

  test('that is lost stops the source', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    try {
      const lease = async (name: string) => ({ ...(await store.lease(name)), renew: async () => false });
      const a = source('a', async function* ({ signal }) {
        yield begin('one');
        yield seen('/a');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      });
      const scanning = scan(options(configOf(a), { store: { ...store, lease } }));
      await vi.advanceTimersByTimeAsync(10_000);
      const [outcome] = (await scanning).sources;
      expect(outcome).toMatchObject({ status: 'failed', reason: 'another process took it over' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('on the view is waited for', async () => {
    const lease = (await store.lease('*view*')) as Lease;
    const scanning = scan(options(configOf(source('a', () => emitting(...whole('one', '/a'))))));
    await setTimeout(50);
    expect(await store.viewIsCurrent()).toBe(false);
    await lease.release();
    await scanning;
    expect(await store.viewIsCurrent()).toBe(true);
  });
});

describe('scopes that a source no longer lists', () => {
  const listing = (...names: string[]): Emission => ({ type: 'scopes', names });
  const before = () => emitting(...whole('one', '/a'), ...whole('two', '/b'), listing('one', 'two'));
  const failed: Emission = {
    type: 'end',
    report: {
      scope: 'folder',
      plane: 'declared',
      completeness: 'failed',
      saw: 'nothing',
      problems: [{ message: 'cannot be read' }],
      covers: {},
    },
  };

  test.each<[string, () => AsyncIterable<Emission>, string[]]>([
    ['are retired', () => emitting(listing('one'), ...whole('one', '/a')), ['one']],
    ['stay when it lists none', () => emitting(...whole('one', '/a')), ['one', 'two']],
    ['stay when it says nothing else', () => emitting(listing()), ['one', 'two']],
    [
      'stay when it threw',
      async function* () {
        yield* [listing('one'), ...whole('one', '/a')];
        throw new Error('no');
      },
      ['one', 'two'],
    ],
    [
      'stay when a part of the listing failed',
      () => emitting(listing('one'), ...whole('one', '/a'), begin('folder'), failed),
      ['folder', 'one', 'two'],
    ],
  ])('%s', async (_, after, expected) => {
    await scan(
      options(
        configOf(
          source('a', before),
          source('b', () => emitting(...whole('other', '/o'))),
        ),
      ),
    );
    await scan(options(configOf(source('a', after))));
    expect(await standing('a')).toEqual(expected);
    expect(await standing('b')).toEqual(['other']);
  });
});

describe('an inventory in trouble', () => {
  test('ends the scan of every source with its error', async () => {
    const full = new InventoryError('the disk is full');
    let stopped = false;
    const abandoned: string[] = [];
    const scope: InventoryStore['scope'] = (scan, source, name, plane) => {
      const writer = store.scope(scan, source, name, plane);
      const abandon = async () => {
        abandoned.push(name);
        await writer.abandon();
      };
      return { ...writer, abandon, ...(name === 'one' ? { end: () => Promise.reject(full) } : {}) };
    };
    const a = source('a', () => emitting(...whole('one', '/a')));
    const b = source('b', async function* (run) {
      yield begin('two');
      yield seen('/b');
      await untilStopped(run).catch(() => (stopped = true));
    });
    await expect(scan(options(configOf(a, b), { store: { ...store, scope } }))).rejects.toBe(full);
    expect(stopped).toBe(true);
    expect(abandoned.sort()).toEqual(['one', 'two']);
    expect(await paths()).toEqual([]);
    expect(await areFree('a', 'b')).toBe(true);
  });
});

describe('a view that is not current', () => {
  const viewing = { services: [], windows: { fresh: 1, stale: 2 }, buildView: () => noView };

  test('is made by the next command', async () => {
    const { scan: earlier } = await scan(options(configOf(source('a', () => emitting(...whole('one', '/a'))))));
    expect(await refreshView(store, viewing)).toBeNull();
    const writer = store.scope(earlier.id, { name: 'a', kind: 'told', environment: '' }, 'late', 'declared');
    await writer.end({ scope: 'late', plane: 'declared', completeness: 'complete', saw: '', problems: [], covers: {} });
    expect(await refreshView(store, viewing)).toMatchObject({ endpoints: 0 });
    expect(await store.viewIsCurrent()).toBe(true);
  });

  test('and never scanned is left alone', async () => {
    expect(await refreshView({ ...store, viewIsCurrent: async () => false }, viewing)).toBeNull();
  });
});
