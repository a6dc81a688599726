import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredFormats } from '#collectors/accesslog/declared';
import type { Exchange } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import { EncryptedHosts } from '#collectors/traffic/log/encrypted';
import { jsonSplitter } from '#collectors/traffic/log/json-splitter';
import { readLog } from '#collectors/traffic/log/read';
import { writeLong } from '#test/collectors/long-log';

/**
 * Speed of the access log collector on a made log of nginx: lines alone, and folded, beside reading the same bytes. Wall clock, and the
 * processor's time of this process, which counts on a machine that is shared. `NOONTIDE_BENCH_MEGABYTES` is the log's size, 200 unless told.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-'));
  try {
    await writeLong(folder, Number(process.env['NOONTIDE_BENCH_MEGABYTES'] ?? 200), line);
    const path = join(folder, 'long.log');
    const megabytes = (await stat(path)).size / 1e6;
    await timed('raw reading', megabytes, async () => {
      for await (const _ of createReadStream(path, { highWaterMark: 1_048_576 }));
      return undefined;
    });
    for (let round = 0; round < 2; round++) {
      await timed('read', megabytes, () => read(path, () => undefined));
      const fold = new Fold('long.log');
      await timed('folded', megabytes, () => read(path, (exchange) => fold.add(exchange)));
    }
    console.log(`accesslog: ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB at most`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function read(path: string, take: (exchange: Exchange) => void): Promise<number> {
  const formats = declaredFormats(undefined, { host: '', zone: 0 });
  if (typeof formats === 'string') throw new Error(formats);
  const { exchanges } = await readLog({
    path,
    shown: 'long.log',
    noun: 'line',
    what: 'an access log',
    splitter: jsonSplitter,
    formats,
    encrypted: new EncryptedHosts(() => true),
    take,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return exchanges;
}

async function timed(what: string, megabytes: number, run: () => Promise<number | undefined>): Promise<void> {
  const began = performance.now();
  const used = process.cpuUsage();
  const lines = await run();
  const wall = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(used);
  const each =
    typeof lines === 'number'
      ? `, ${thousands(lines / wall)} lines/s (${thousands((lines * 1e6) / (user + system))} of the processor's time)`
      : '';
  console.log(`accesslog: ${what.padEnd(11)} ${(megabytes / wall).toFixed(0)} MB/s${each}`);
}

function thousands(value: number): string {
  return `${(value / 1_000).toFixed(0)}k`;
}

const agents = 200;
const oneSecond = 60;

/** Ids that never come again, pages that do, and few clients and agents that come most. */
function line(i: number): string {
  const random = Math.imul(i, 0x9e3779b1) >>> 0;
  const second = Math.floor(i / oneSecond);
  const two = (value: number) => String(value % 60).padStart(2, '0');
  const time = `02/Mar/2026:${String(Math.floor(second / 3_600) % 24).padStart(2, '0')}:${two(Math.floor(second / 60))}:${two(second)} +0100`;
  const path = [
    `/v2/orders/${random % 100_000}`,
    `/v2/products?page=${random % 20}&sort=price`,
    `/v2/users/${random % 5_000}/cart`,
    `/v2/r${random % 40}`,
  ];
  const share = (random % 997) / 997;
  const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + Math.floor(share ** 3 * agents)}.0.0.0 Safari/537.36`;
  return `203.0.${random % 30}.${random % 250} - - [${time}] "GET ${path[(random >>> 8) % 4]} HTTP/1.1" ${random % 31 ? 200 : 404} ${random % 9_000} "https://shop.example/p/${random % 1_000}" "${agent}"\n`;
}
