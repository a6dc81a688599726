import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { ScanEvent, SourceOutcome } from '#scan/event';
import { extent } from '#scan/extent';
import { amountText, durationText } from '#scan/figures';
import { advance, idle, liveLines } from '#scan/live';
import { progressLines } from '#scan/progress';

const outcome = (source: string, part: Partial<SourceOutcome> = {}): SourceOutcome => ({
  source,
  kind: 'spec',
  status: 'ok',
  reason: '',
  scopes: [],
  sightings: 12,
  ms: 400,
  holder: null,
  ...part,
});

const started = (source: string, at: number): ScanEvent => ({ type: 'source-started', at, source, kind: 'spec' });
const progressed = (source: string, at: number, done: number, total?: number, path?: string): ScanEvent => {
  const progress = { done, unit: 'files', ...(total === undefined ? {} : { total }), ...(path ? { at: path } : {}) };
  return { type: 'progress', at, source, progress, sightings: 7 };
};
const ended = (source: string, part: Partial<SourceOutcome> = {}): ScanEvent => {
  return { type: 'source-ended', at: 0, source, outcome: outcome(source, part) };
};

test.each([
  [0, '0 ms'],
  [430, '430 ms'],
  [2_430, '2.4 s'],
  [9_000, '9 s'],
  [12_300, '12 s'],
  [59_999, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [180_000_000, '2 d 2 h'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, 'files', '0 files'],
  [1, 'files', '1 file'],
  [1, 'entries', '1 entry'],
  [1_234, 'entries', '1,234 entries'],
  [999, 'bytes', '999 bytes'],
  [1_234, 'bytes', '1.2 kB'],
  [304_000_000, 'bytes', '304 MB'],
])('%d %s is %s', (count, unit, text) => {
  expect(amountText(count, unit)).toBe(text);
});

test.each([
  [{ done: 34, total: 100, unit: 'files' }, 2_000, '34 % of 100 files, 17 files/s, 7 sightings, 3.9 s left'],
  [{ done: 34, unit: 'files' }, 2_000, '34 files, 17 files/s, 7 sightings'],
  [{ done: 0, total: 10, unit: 'files' }, 2_000, '0 % of 10 files, 7 sightings'],
  [{ done: 12, total: 10, unit: 'files' }, 2_000, '100 % of 10 files, 6 files/s, 7 sightings'],
  [{ done: 5, total: 10, unit: 'files' }, 10, '50 % of 10 files, 7 sightings'],
])('%o after %d ms', (progress, ms, text) => {
  expect(extent(progress, 7, ms)).toBe(text);
});

describe('lines', () => {
  test('one when a source starts and ends, and one every ten seconds between', () => {
    const line = progressLines();
    const said: string[] = [];
    said.push(...line(started('specs', 0)));
    for (let at = 0; at <= 35_000; at += 100) said.push(...line(progressed('specs', at, at / 100, 1_000)));
    said.push(...line(ended('specs')));
    expect(said).toHaveLength(2 + 3);
    expect(said[0]).toBe('specs: reading (spec)');
    expect(said[1]).toBe('specs: 10 % of 1,000 files, 10 files/s, 7 sightings, 1 min 30 s left');
    expect(said.at(-1)).toBe('specs: 12 sightings in 0 scopes, 400 ms');
  });

  test('the ten seconds are those of all sources together', () => {
    const line = progressLines();
    const said: string[] = [];
    for (const name of ['a', 'b', 'c']) said.push(...line(started(name, 0)));
    for (let at = 0; at < 30_000; at += 100)
      for (const name of ['a', 'b', 'c']) said.push(...line(progressed(name, at, 1)));
    expect(said).toHaveLength(3 + 2);
  });

  test('what went wrong is said with its reason', () => {
    const [line] = progressLines()(
      ended('edge', { status: 'timeout', reason: 'it took longer than its limit of 10 min' }),
    );
    expect(line).toBe('edge: timeout (12 sightings in 0 scopes, 400 ms): it took longer than its limit of 10 min');
  });
});

describe('the live view', () => {
  const scanning = (count: number): ScanEvent => ({
    type: 'scan-started',
    at: 0,
    sources: Array.from({ length: count }, (_, i) => ({ name: `s${i}`, kind: 'spec' })),
  });

  test('shows what is read, what went wrong, and how many are done and waiting', () => {
    const events: ScanEvent[] = [
      scanning(5),
      started('s0', 0),
      started('s1', 0),
      started('s2', 0),
      started('s3', 1_000),
      progressed('s2', 2_000, 10, 20, 'specs/orders.yaml'),
      ended('s0'),
      ended('s1', { status: 'failed', reason: 'there is no such file' }),
    ];
    expect(liveLines(events.reduce(advance, idle), 4_000, 100)).toEqual([
      's1: failed (12 sightings in 0 scopes, 400 ms): there is no such file',
      's2: 50 % of 20 files, 3 files/s, 7 sightings, 4 s left, specs/orders.yaml',
      's3: reading, 3 s',
      '2 of 5 sources done, 1 waiting',
    ]);
  });

  test('fits its width and height whatever is in it', () => {
    const hostile = '\u001b[2J目標/😀\n\r\u202e'.repeat(40);
    const events = Array.from({ length: 30 }, (_, i) => [started(`s${i}`, 0), progressed(`s${i}`, 1, 1, 2, hostile)]);
    const state = [scanning(30), ...events.flat()].reduce(advance, idle);
    for (const width of [0, 1, 10, 43, 80]) {
      for (const height of [1, 2, 12, 50]) {
        const lines = liveLines(state, 5, width, height);
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\u001b\n\r\u202e]/);
        }
      }
    }
    expect(liveLines(state, 5, 80, 12).at(-1)).toBe('0 of 30 sources done, 19 not shown');
  });

  test('a state is not changed in place', () => {
    const before = [scanning(1)].reduce(advance, idle);
    advance(before, started('s0', 3));
    expect(before.sources[0]!.startedAt).toBeNull();
  });
});
