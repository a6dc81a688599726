import type { Exchange, Like } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';

const kinds = 500;

/**
 * Folds made exchanges of 500 kinds, with and without what the reader knows to be alike, and prints exchanges a second, less the
 * time that making them takes.
 */
export function bench(): void {
  for (const [count, alike] of [
    [3_000_000, true],
    [300_000, false],
  ] as const) {
    const make = maker(alike);
    const folding = () => {
      const fold = new Fold('made.pcap');
      const likes = Array.from({ length: kinds }, fresh);
      return seconds(count, (i) => fold.add(make(i, likes)));
    };
    const making = () => {
      const likes = Array.from({ length: kinds }, fresh);
      let sum = 0;
      const took = seconds(count, (i) => {
        sum += make(i, likes).ref;
      });
      return sum > 0 ? took : 0;
    };
    const took = Math.min(...Array.from({ length: 5 }, folding)) - Math.min(...Array.from({ length: 3 }, making));
    console.log(
      `fold: ${Math.round(count / took / 1_000)} thousand exchanges/s, ${alike ? 'alike' : 'each by itself'}`,
    );
  }
}

function seconds(count: number, work: (i: number) => void): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) work(i);
  return (performance.now() - start) / 1_000;
}

function fresh(): Like {
  return { cell: null, requestsBelow: 2 ** 32, responsesBelow: 2 ** 32 };
}

function maker(alike: boolean): (i: number, likes: readonly Like[]) => Exchange {
  const asked = Array.from({ length: 8 }, (_, i) => {
    const heads = new Map([
      ['host', `api${i % 4}.acme.test`],
      ['user-agent', 'python-requests/2.32.3'],
      ['accept', 'application/json'],
    ]);
    return i < 6 ? heads.set('authorization', 'Bearer abc') : heads;
  });
  const answered = new Map([
    ['content-type', 'application/json; charset=utf-8'],
    ['content-length', '512'],
    ['server', 'nginx'],
  ]);
  const clients = Array.from({ length: 200 }, (_, i) => `203.0.${i >> 4}.${i}`);
  const shapes = Array.from({ length: kinds }, (_, i) => ({
    method: i % 3 ? 'GET' : 'POST',
    host: `api${i % 4}.acme.test`,
    target: `/v1/${'abcdefghij'[i % 10]}rders/${1_000 + i}/${'klmnopqrst'[Math.floor(i / 10) % 10]}tems${'uvwxy'[Math.floor(i / 100)]}?limit=20&page=${i}`,
    status: i % 50 === 49 ? 404 : i % 20 === 19 ? 500 : 200,
    requestHeaders: asked[i % 8] ?? new Map(),
  }));
  return (i, likes) => {
    const n = (Math.imul(i, 0x9e3779b1) >>> 0) % kinds;
    const { method, host, target, status, requestHeaders } = shapes[n]!;
    const exchange: Exchange = {
      at: 1_700_000_000_000 + i,
      ref: i + 1,
      scheme: 'http',
      method,
      host,
      target,
      status,
      requestHeaders,
      responseHeaders: answered,
      responseLength: 200 + (i % 700),
      client: clients[i % clients.length] ?? '',
      latency: 1 + (i % 1_000) / 10,
      requestLength: i % 3 ? 0 : 300 + (i % 50),
      lot: Math.imul(i, 0x85ebca6b) >>> 0,
    };
    if (alike) exchange.like = likes[n]!;
    return exchange;
  };
}
