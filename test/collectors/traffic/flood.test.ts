import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Like } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import { exchange, type Told } from './exchanges.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const noise = 300_000;
const real = ['/orders', '/orders/7/items', '/users/me', '/v1/pay', '/v2/pay', '/files/a.js'];
const html = { 'content-type': 'text/html' };

/** Letters that look like a word, distinct for each number. */
function word(i: number): string {
  return i.toString(26).replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
}

/** Random requests, and every fifty of them one to each real operation, of which the reader knows what is alike. */
function flood(more: (i: number) => Told): { fold: Fold; megabytes: number } {
  const fold = new Fold('edge.pcap');
  const likes = real.map((): Like => ({ cell: null, requestsBelow: 2 ** 32, responsesBelow: 2 ** 32 }));
  const before = inUse();
  let most = 0;
  for (let i = 0; i < noise; i++) {
    if (i % 50 === 0) {
      for (const [n, target] of real.entries()) {
        const like = likes[n]!;
        fold.add(
          exchange({ ref: i + 1, target, responseLength: 100 + target.length, client: '10.0.0.9', like, lot: i }),
        );
      }
    }
    fold.add(exchange({ ref: i + 1, target: `/${word((i * 7_919) % 99_991)}/${word(i)}`, ...more(i) }));
    if (i % 17_000 === 0) most = Math.max(most, inUse());
  }
  return { fold, megabytes: (most - before) / 1_048_576 };
}

function inUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test.each<[string, (i: number) => Told, 'noise' | 'widened']>([
  ['paths that are not there', (i) => ({ status: 404, client: `203.0.${i >> 16}.${(i >> 8) & 255}` }), 'noise'],
  ['paths that a fallback page answers', () => ({ answered: html, responseLength: 4_000 }), 'noise'],
  ['paths that one client may not have', (i) => ({ status: i % 3 === 0 ? 403 : 404, client: '203.0.113.9' }), 'noise'],
  ['hosts', (i) => ({ host: `${word(i)}.acme.com`, status: 404 }), 'noise'],
  ['paths that are answered', (i) => ({ responseLength: 1_000 + (i % 5_000) }), 'widened'],
])(
  'a flood of random %s: memory is flat and the real operations are intact',
  (_, more, becomes) => {
    const { fold, megabytes } = flood(more);
    const sightings = fold.sightings();
    const summary = fold.summary();
    const kept = new Map(
      sightings.filter(({ service }) => service === 'api.acme.com').map(({ path, seen }) => [path, seen?.count]),
    );
    for (const target of real) expect(kept.get(target.replace('7', '{integer}'))).toBe(noise / 50);
    expect(summary.exchanges).toBe(noise + (noise / 50) * real.length);
    if (becomes === 'noise') {
      // What is left of it at the end, under the limit, is told for what it is.
      const rest = sightings.filter(({ facts, seen }) => facts.fallback !== seen?.count).length;
      expect(rest).toBe(real.length);
      expect(summary.noise).toBeGreaterThan(noise * 0.9);
      expect(summary.problems.filter(({ message }) => message.includes('operations'))).toEqual([]);
    }
    expect(sightings.length).toBeLessThanOrEqual(20_000);
    expect(megabytes).toBeLessThan(96);
  },
  120_000,
);
