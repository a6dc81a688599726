import { setTimeout as sleep } from 'node:timers/promises';
import { expected } from './exchange.ts';
import type { ServiceName, Shop } from './shop.ts';

const health: [ServiceName, string][] = [
  ['orders', '/healthz'],
  ['catalog', '/health'],
  ['accounts', '/healthz'],
];

/** The cluster asks each service whether it lives. */
export async function healthProbe(shop: Shop, rounds: number): Promise<void> {
  const caller = { address: '127.0.2.1', headers: { 'User-Agent': 'kube-probe/1.34', Accept: '*/*' } };
  for (let round = 0; round < rounds; round++) {
    for (const [service, path] of health) expected(await shop.call(caller, service, { method: 'GET', path }), 200);
    await sleep(150, undefined, { signal: shop.signal });
  }
}

/** Asks from outside, by HEAD: Express answers it wherever there is a GET, FastAPI does not. */
export async function uptimeMonitor(shop: Shop): Promise<void> {
  const caller = { address: '127.0.2.2', headers: { 'User-Agent': 'uptime-monitor/3', Accept: '*/*' } };
  for (let times = 0; times < 3; times++) {
    expected(await shop.call(caller, 'orders', { method: 'HEAD', path: '/healthz' }), 200);
    expected(await shop.call(caller, 'orders', { method: 'HEAD', path: '/assets/logo.svg' }), 200);
    expected(await shop.call(caller, 'catalog', { method: 'HEAD', path: '/api/v1/products' }), 405);
  }
}

/** Reads what the platform's own agent tells ({@link file://./platform-agent.ts}). */
export async function inspector(shop: Shop): Promise<void> {
  const caller = { address: '127.0.2.3', headers: { 'User-Agent': 'platform-inspector/2.3', Accept: '*/*' } };
  for (let times = 0; times < 4; times++) {
    expected(await shop.call(caller, 'accounts', { method: 'GET', path: '/debug/vars' }), 200);
  }
}
