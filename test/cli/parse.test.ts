import { describe, expect, test, vi } from 'vitest';
import { chooseColumns, columnNames, parseSort, planeMarks } from '#cli/columns';
import { UsageError } from '#cli/exit';
import { failsEndpoint, failsFinding, parseFailOn } from '#cli/fail-on';
import { dataFolder, inventoryFile } from '#cli/inventory';
import { findConfig } from '#config/find';
import { fields, listFields } from '#model/condition';
import type { Finding } from '#model/finding';
import { ordersGet } from '#test/filter/endpoint';

describe('columns', () => {
  test('every field is one', () => {
    for (const field of [...fields, ...listFields]) expect(columnNames).toContain(field);
  });

  test('every column draws an endpoint', () => {
    const cells = chooseColumns(columnNames.join(',')).map(({ title, cell }) => [title, cell(ordersGet)]);
    expect(Object.fromEntries(cells)).toMatchObject({
      ID: 'e1',
      PLANES: 'D?CT',
      HOSTS: 'api.shop.example orders.internal',
      'LAST CALL': '2026-05-31 00:00',
      CONFIDENCE: '0.90',
      CALLS: '42',
    });
  });

  test('others are refused, with the nearest', () => {
    expect(() => chooseColumns('id,methd')).toThrow(/no column "methd".*"method"/);
    expect(() => chooseColumns('toString')).toThrow(UsageError);
  });

  test.each([
    [{ declared: 'active', deployed: 'yes', coded: 'yes', observed: 'fresh' }, 'DGCT'],
    [{ declared: 'none', deployed: 'no', coded: 'no', observed: 'never' }, '----'],
    [{ declared: 'unknown', deployed: 'unknown', coded: 'unknown', observed: 'unknown' }, '????'],
    [{ declared: 'deprecated', deployed: 'draft', coded: 'yes', observed: 'stale' }, 'dgCt'],
    [{ declared: 'removed', deployed: 'yes', coded: 'no', observed: 'unknown' }, '-G-?'],
    [{ declared: 'sunset', deployed: 'yes', coded: 'no', observed: 'unknown' }, 'dG-?'],
  ] as const)('%j are the planes %s', (planes, marks) => {
    expect(planeMarks(planes)).toBe(marks);
  });
});

describe('order', () => {
  test('fields and directions', () => {
    expect(parseSort('lastSeen:desc, path')).toEqual([
      { field: 'lastSeen', descending: true },
      { field: 'path', descending: false },
    ]);
    expect(parseSort(undefined).map(({ field }) => field)).toEqual(['service', 'path', 'method', 'environment']);
  });

  test.each(['hosts', 'path:up', 'path:desc:x', 'pth'])('%s is refused', (sort) => {
    expect(() => parseSort(sort)).toThrow(UsageError);
  });
});

describe('--fail-on', () => {
  const finding = (part: Partial<Finding>) => ({ rule: 'orphan', severity: 'low', state: 'open', ...part }) as Finding;

  test.each<[string, Partial<Finding>, boolean]>([
    ['shadow', { rule: 'shadow' }, true],
    ['shadow', { rule: 'shadow-service' }, true],
    ['shadow', { rule: 'undocumented' }, true],
    ['zombie', { rule: 'deprecated-in-use' }, true],
    ['orphan', { rule: 'phantom' }, true],
    ['phantom', { rule: 'orphan' }, false],
    ['medium', { severity: 'medium' }, true],
    ['medium', { severity: 'critical' }, true],
    ['medium', { severity: 'low' }, false],
    ['zombie,high', { severity: 'high' }, true],
    ['high', { severity: 'critical', state: 'suppressed' }, false],
    ['high', { severity: 'critical', state: 'acknowledged' }, false],
    ['high', { severity: 'critical', state: 'reopened' }, true],
  ])('%s on %j: %j', (list, part, fails) => {
    expect(failsFinding(parseFailOn(list)!, finding(part))).toBe(fails);
  });

  test('endpoints', () => {
    expect(failsEndpoint(parseFailOn('managed')!, ordersGet)).toBe(true);
    expect(failsEndpoint(parseFailOn('zombie')!, ordersGet)).toBe(false);
    expect(parseFailOn(undefined)).toBeNull();
  });

  test.each(['shadows', 'high,low', ''])('"%s" is refused', (list) => {
    expect(() => parseFailOn(list)).toThrow(UsageError);
  });
});

describe('where the inventory is', () => {
  test.each([
    ['linux', {}, '/home/u/.local/share/noontide'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/noontide'],
    ['linux', { XDG_DATA_HOME: 'data' }, '/home/u/.local/share/noontide'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/u/Library/Application Support/noontide'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/noontide'],
    ['win32', {}, '/home/u/AppData/Local/noontide'],
  ] as const)('%s with %j', (platform, env, folder) => {
    expect(dataFolder(env, platform, '/home/u')).toBe(folder);
  });

  test('without a home folder it must be named', async () => {
    expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', null)).toBe('/data/noontide');
    expect(() => dataFolder({}, 'linux', null)).toThrow(/no home folder.*--db or NOONTIDE_DB/);
    vi.stubEnv('HOME', '');
    expect(await findConfig('/')).toBeNull();
    await expect(inventoryFile({}, {}, '/')).rejects.toThrow('no home folder');
    vi.unstubAllEnvs();
  });

  test('what is given wins, then the environment, then the folder of noontide.yaml', async () => {
    const env = { NOONTIDE_DB: 'env.db' };
    expect(await inventoryFile({ db: 'x.db', config: '/a/noontide.yaml' }, env, '/w')).toBe('/w/x.db');
    expect(await inventoryFile({ config: '/a/noontide.yaml' }, env, '/w')).toBe('/w/env.db');
    expect(await inventoryFile({ config: 'a/noontide.yaml' }, {}, '/w')).toBe('/w/a/noontide.db');
  });
});
