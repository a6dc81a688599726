import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openInventory } from '#db/sqlite/open';
import type { InventoryStore } from '#db/store';
import type { ServiceRule } from '#model/rule';
import { defaultWindows } from '#model/rule';
import { type Facts, type Plane, planes, type Sighting } from '#model/sighting';
import { buildView } from '#scan/view';
import { pcapFile, request, response, talk } from '#test/collectors/capture/pcap';
import { sighting } from '#test/model/make';

const host = 'api.shop.example';
/** What a capture may hold, so that every command meets it. */
export const hostile = 'pay\u001b[31m\u202e';

const rules: ServiceRule[] = [
  {
    name: 'orders',
    hosts: [host],
    basePath: '',
    groups: ['specs/orders', 'code/orders'],
    codePrefix: '',
    owner: 'team-orders',
  },
];

const declared = ['GET /orders', 'GET /orders/{id}', 'POST /orders', 'GET /carts/{id}'];
const coded = ['GET /orders', 'GET /orders/{id}', 'POST /orders', 'GET /internal/stats'];
const observed = ['GET /orders', 'GET /orders/{integer}'];

const usage: Facts = {
  statuses: { 200: 3 },
  latency: { p50: 1.234, p95: 1_234.5, p99: 2_000, count: 3 },
  clients: { count: 2, networks: 1 },
  userAgents: { curl: 1, browser: 2 },
  calls: { 'query a': 1, 'query b': 1, 'query c': 1, 'query d': 2 },
  marks: { 'obsolete fold': 1 },
};

const firstScan: Record<Plane, Sighting[]> = {
  declared: [...declared.map((operation) => sighting('declared', operation)), old('GET /orders/{id}/invoice')],
  deployed: [],
  coded: coded.map((operation) => sighting('coded', operation)),
  observed: [
    ...observed.map((operation) => sighting('observed', operation, { host })),
    sighting('observed', 'GET /admin/export', { host, facts: usage }),
    sighting('observed', 'GET /orders/{integer}/invoice', { host }),
    sighting('observed', 'GET /pay', { host: 'pay.example', service: hostile }),
  ],
};

const secondScan: Record<Plane, Sighting[]> = {
  ...firstScan,
  observed: [...firstScan.observed, sighting('observed', 'DELETE /orders/{integer}', { host })],
};

function old(operation: string): Sighting {
  return sighting('declared', operation, { facts: { deprecated: true } });
}

const sources: Record<Plane, string> = { declared: 'specs', deployed: 'gateway', coded: 'code', observed: 'edge' };

/** An inventory of two scans, with every verdict that findings have, changes, and hostile text. */
export async function smallInventory(file: string): Promise<void> {
  const store = await openInventory(file);
  try {
    await scanned(store, firstScan);
    await scanned(store, secondScan);
  } finally {
    await store.close();
  }
}

async function scanned(store: InventoryStore, said: Record<Plane, Sighting[]>): Promise<void> {
  const records = planes.map((plane) => ({ name: sources[plane], kind: plane, environment: '' }));
  const scan = await store.beginScan('0.0.0', records);
  for (const [index, plane] of planes.entries()) {
    const writer = store.scope(scan.id, records[index]!, `${sources[plane]}-scope`, plane);
    for (const one of said[plane]) await writer.add(one);
    const covers = plane === 'observed' ? { hosts: [host] } : { services: ['orders'] };
    const saw = `${said[plane].length} operations`;
    await writer.end({ scope: `${sources[plane]}-scope`, plane, completeness: 'complete', saw, problems: [], covers });
  }
  const sightings = [];
  for await (const one of store.sightings()) sightings.push(one);
  await store.replaceView(scan.id, buildView(sightings, await store.scopes(), rules, defaultWindows));
  await store.endScan(scan.id, 'done');
}

export interface Ran {
  code: number;
  out: string;
  err: string;
}

const bin = fileURLToPath(new URL('../../dist/src/cli/bin.js', import.meta.url));

/** Three exchanges, the last one without an answer; two targets hold values that nobody should see by accident. */
export const smallCapture = pcapFile(
  talk([
    request('GET', '/orders?limit=20&token=s3cr3t'),
    response(200, '{"orders":[]}'),
    request('POST', '/orders/ann.private@mail.example/invoice', host, '{}'),
    response(201),
    request('DELETE', '/orders/42'),
  ]),
);

/** Runs the command line as it is shipped. */
export function noontide(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, ...args],
      { cwd, env: { PATH, HOME, ...env }, maxBuffer: 64 * 1_048_576 },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

/** A shell line, with `noontide` as a command of it. */
export function shell(line: string, cwd: string, env: Record<string, string> = {}): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  const script = `noontide() { "$NODE" "$BIN" "$@"; }\n${line}`;
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', script],
      { cwd, env: { PATH, HOME, NODE: process.execPath, BIN: bin, ...env }, maxBuffer: 64 * 1_048_576 },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

export const specification = `openapi: 3.1.0
info: { title: Orders, version: 1.2.0 }
servers: [{ url: https://api.shop.example }]
paths:
  /orders:
    get: { responses: { '200': { description: ok } } }
  /orders/{id}:
    get: { responses: { '200': { description: ok } } }
`;

export const configuration = `version: 1
sources:
  specs:
    kind: spec
    paths: [openapi.yaml]
`;
