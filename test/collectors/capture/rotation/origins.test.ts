import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Origins } from '#collectors/capture/rotation/origins';

test('each packet is found in its file', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 30 }), (lengths) => {
      const origins = new Origins();
      let packets = 0;
      const expected = lengths.flatMap((length, i) => {
        origins.begin(`file ${i}`, packets);
        packets += length;
        return Array.from({ length }, (_, at) => ({ file: `file ${i}`, ref: at + 1 }));
      });
      expect(Array.from({ length: packets }, (_, i) => origins.of(i + 1))).toEqual(expected);
    }),
  );
});

test('of very many files the oldest are forgotten, and not guessed', () => {
  const origins = new Origins(4);
  for (let i = 0; i < 9; i++) origins.begin(`file ${i}`, i * 10);
  expect(origins.of(90)).toEqual({ file: 'file 8', ref: 10 });
  expect(origins.of(71)).toEqual({ file: 'file 7', ref: 1 });
  expect(origins.of(3).ref).toBe(0);
});
