import { expect, test } from 'vitest';
import { Body } from '#collectors/capture/body';
import { maxBody } from '#collectors/traffic/exchange';

test('the beginning of a body, in pieces, up to the bound', () => {
  const budget = { held: 0 };
  const body = new Body(budget);
  const piece = Buffer.from('--0123456789--');
  for (let i = 0; i < 10_000; i++) body.add(piece, 2, 12);
  expect(budget.held).toBe(maxBody);
  expect(Buffer.from(body.taken()!).toString()).toBe('0123456789'.repeat(6_554).slice(0, maxBody));
  expect(budget.held).toBe(0);
  expect(body.taken()).toBeUndefined();
});

test('nothing behind a hole', () => {
  const body = new Body({ held: 0 });
  body.add(Buffer.from('before'), 0, 6);
  body.cut();
  body.add(Buffer.from('after'), 0, 5);
  expect(String(body.taken())).toBe('before');
});

test('none while too much is held by all', () => {
  const budget = { held: 16 * 1_048_576 };
  const body = new Body(budget);
  body.add(Buffer.from('much'), 0, 4);
  budget.held = 0;
  body.add(Buffer.from('less'), 0, 4);
  expect(body.taken()).toBeUndefined();
  expect(budget.held).toBe(0);
});

test('room for what the head announces, but not before any of it comes, nor beyond the bound', () => {
  const budget = { held: 0 };
  const body = new Body(budget, 10_000);
  expect(budget.held).toBe(0);
  body.add(Buffer.from('begun'), 0, 5);
  expect(budget.held).toBe(10_000);
  expect(String(body.taken())).toBe('begun');
  const long = new Body(budget, 2 ** 40);
  long.add(Buffer.from('begun'), 0, 5);
  expect(budget.held).toBe(maxBody);
  long.taken();
  expect(budget.held).toBe(0);
});
