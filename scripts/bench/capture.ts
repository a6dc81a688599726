import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Truth } from '#test/collectors/capture/made/truth';
import { type Measure, timed, type Way } from './capture/measure.ts';
import { installed, measurePeer, peers } from './capture/peers.ts';
import { type Variant, variants } from './capture/variants.ts';

/** A variant, and its size in megabytes. */
type Size = readonly [variant: Variant, megabytes: number];

const usual: readonly Size[] = [
  ['plain', 300],
  ['vxlan', 300],
  ['http2', 300],
  ['http2-vxlan', 300],
];

const large: readonly Size[] = [
  ['plain', 3_000],
  ['vxlan', 3_000],
  ['http2', 3_000],
  ['http2-vxlan', 3_000],
  ['scan', 700],
  ['flow', 3_000],
  ['body', 3_000],
];

/**
 * Speed, memory and recall of the capture reader on made captures, beside the plain read of the same file, and beside httpry, tcpflow
 * and tshark where they are installed. Two minutes with files of 300 MB; `large` takes those of 3 GB, a port scan of 10 million
 * packets and single connections of 3 GB. `NOONTIDE_BENCH_KEEP=FOLDER` keeps the captures there, and takes those that are there.
 */
export async function bench({ large: wantsLarge }: { large: boolean }): Promise<void> {
  const kept = process.env['NOONTIDE_BENCH_KEEP'];
  const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-'));
  try {
    if (kept !== undefined) await mkdir(kept, { recursive: true });
    for (const size of wantsLarge ? large : usual) {
      const path = join(kept ?? folder, `${size[0]}-${size[1]}.pcap`);
      await benchVariant(size, path, folder);
      if (kept === undefined) await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchVariant(size: Size, path: string, folder: string): Promise<void> {
  const [variant] = size;
  const truth = await make(size, path);
  const shape = `${figure(truth.bytes / 1e6)} MB, ${figure(truth.packets)} packets`;
  console.log(
    `capture: ${variant}: ${shape}, ${figure(truth.requests)} requests in ${figure(truth.connections)} connections`,
  );
  // Once before it counts, so that all find the file in memory.
  await measured('raw', path);
  let bare = 0;
  for (const way of timed) {
    const measure = await best(way, path);
    if (way === 'raw') bare = measure.seconds;
    print(way, measure, truth, bare);
  }
  const { found, missed, invented, differences } = await measured('match', path);
  const recall =
    truth.requests === 0 ? '' : ` (${((100 * (truth.requests - (missed ?? 0))) / truth.requests).toFixed(3)} %)`;
  console.log(
    `  by method, host, template, status: ${figure(found ?? 0)} found, ${missed} missed${recall}, ${invented} invented`,
  );
  for (const difference of differences.slice(0, 3)) console.log(`    ${difference}`);
  // The others do not look into tunnels, and know no HTTP/2.
  if (variant !== 'plain') return;
  for (const peer of peers) {
    const program = installed(peer.name);
    if (program === null) console.log(`  ${peer.name}: not installed`);
    if (program === null || (peer.slow && truth.bytes > 1e9)) continue;
    const measure = await measurePeer(peer, program, path, folder);
    if (measure === null) console.log(`  ${peer.name}: failed, or took longer than two minutes`);
    else print(peer.name, measure, truth, bare);
  }
}

async function make([variant, megabytes]: Size, path: string): Promise<Truth> {
  if (existsSync(path) && existsSync(`${path}.json`))
    return JSON.parse(await readFile(`${path}.json`, 'utf8')) as Truth;
  const truth: Truth = variants[variant](path, megabytes * 1e6);
  await writeFile(`${path}.json`, JSON.stringify(truth));
  return truth;
}

type Figures = Pick<Measure, 'seconds' | 'found'> & { peakMegabytes: number | null };

function print(
  name: string,
  { seconds, peakMegabytes, found }: Figures,
  { bytes, packets }: Truth,
  bare: number,
): void {
  const figures = [
    `${figure(bytes / 1e6 / seconds)} MB/s`,
    `${figure(packets / seconds)} packets/s`,
    found === null ? '' : `${figure(found / seconds)} requests/s of ${figure(found)} found`,
    `${(bare / seconds).toFixed(3)} of the raw read`,
    peakMegabytes === null ? '' : `peak ${peakMegabytes} MB`,
    `${seconds.toFixed(2)} s`,
  ];
  console.log(`  ${name.padEnd(10)} ${figures.filter((text) => text !== '').join(', ')}`);
}

/** The quicker of two, where one is not long already: other work on the machine only makes it slower. */
async function best(way: Way, path: string): Promise<Measure> {
  const first = await measured(way, path);
  if (first.seconds > 5) return first;
  const second = await measured(way, path);
  return second.seconds < first.seconds ? second : first;
}

async function measured(way: Way, path: string): Promise<Measure> {
  const script = fileURLToPath(new URL('capture/measure.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', script, way, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${way} ended with ${code}`);
  return JSON.parse(output) as Measure;
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en');
}
