import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationOf, timeOf, zoneOf } from '#collectors/traffic/log/time';

const noon = Date.UTC(2026, 2, 2, 12, 0, 0);

test.each([
  ['02/Mar/2026:12:00:00 +0000', noon],
  ['02/Mar/2026:13:30:00 +0130', noon],
  ['02/Mar/2026:07:00:00 -0500', noon],
  ['2/Mar/2026:12:00:00 +0000', noon],
  ['02/Mar/2026:12:00:00.250', noon + 250],
  ['02/Mar/2026:12:00:00', noon],
  ['2026-03-02T12:00:00Z', noon],
  ['2026-03-02T12:00:00.123456789Z', noon + 123],
  ['2026-03-02 12:00:00,5', noon + 500],
  ['2026-03-02T13:00:00+01:00', noon],
  ['2026-03-02T13:00:00.250000+0100', noon + 250],
  ['2026-03-02T13:00:00 +0100', noon],
  [`${noon / 1_000}`, noon],
  [`${noon / 1_000}.250`, noon + 250],
  [`${noon}`, noon],
  [`${noon}000`, noon],
  [`${noon}000000`, noon],
])('%s', (text, at) => expect(timeOf(text)).toBe(at));

test('times without a zone have the one that is given', () => {
  expect(timeOf('02/Mar/2026:14:00:00.000', 120)).toBe(noon);
  expect(timeOf('2026-03-02T14:00:00', 120)).toBe(noon);
  expect(timeOf('2026-03-02T12:00:00Z', 120)).toBe(noon);
});

test.each([
  [
    '',
    '-',
    'now',
    '02/Foo/2026:12:00:00 +0000',
    '2026-13-02T12:00:00Z',
    '02/Mar/2026',
    '2026-03-02',
    '12',
    '1'.repeat(65),
  ],
])('no times', (...texts) => {
  for (const text of texts) expect(timeOf(text)).toBeNaN();
});

test('any time that JavaScript prints is read', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1980-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }), (date) => {
      expect(timeOf(date.toISOString())).toBe(date.getTime());
      expect(timeOf(String(date.getTime()))).toBe(date.getTime());
    }),
  );
});

test('any text is read or not, and never throws', () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => void [timeOf(text), durationOf(text), zoneOf(text)]));
});

test.each([
  ['1.5ms', 1.5],
  ['0.018s', 18],
  ['250µs', 0.25],
  ['12ns', 0.000_012],
  ['1m2.5s', 62_500],
  ['1h', 3_600_000],
  ['5', Number.NaN],
  ['', Number.NaN],
  ['1x', Number.NaN],
])('%s lasts', (text, milliseconds) => {
  if (Number.isNaN(milliseconds)) expect(durationOf(text)).toBeNaN();
  else expect(durationOf(text)).toBeCloseTo(milliseconds, 9);
});

test.each([
  ['Z', 0],
  ['+02:00', 120],
  ['-0530', -330],
  ['+01', 60],
])('the zone %s', (text, minutes) => expect(zoneOf(text)).toBe(minutes));
