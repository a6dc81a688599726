import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newReading, readExchanges } from '#collectors/capture/exchanges';
import { Fold } from '#collectors/traffic/fold';
import { type Frame, fileHeader, pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';

const megabytes = 200;

/** Reads a made capture of 200 MB and prints MB/s, exchanges, peak memory, and the plain read of the same file beside it. */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-'));
  try {
    const path = join(folder, 'made.pcap');
    const made = await make(path);
    const plain = await timed(() => readPlainly(path));
    const reading = newReading();
    const fold = new Fold('made.pcap');
    let exchanges = 0;
    const read = await timed(async () => {
      for await (const exchange of readExchanges(path, new AbortController().signal, reading)) {
        fold.add(exchange);
        exchanges++;
      }
    });
    const rate = (seconds: number) => `${Math.round(made.bytes / 1e6 / seconds)} MB/s`;
    console.log(`capture: ${Math.round(made.bytes / 1e6)} MB, ${reading.tally.packets} packets`);
    console.log(`  exchanges   ${exchanges} of ${made.exchanges}`);
    console.log(`  read        ${rate(read)}, ${Math.round(reading.tally.packets / read / 1e3)} thousand packets/s`);
    console.log(`  plain read  ${rate(plain)}; ratio ${(plain / read).toFixed(3)}`);
    console.log(`  peak memory ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

async function readPlainly(path: string): Promise<void> {
  const file = await open(path);
  const buffer = Buffer.allocUnsafe(1_048_576);
  while ((await file.read(buffer, 0, buffer.length, null)).bytesRead > 0);
  await file.close();
}

/** Connections of ten exchanges, eight at a time and interleaved; every hundredth packet late, every two hundredth twice. */
async function make(path: string): Promise<{ bytes: number; exchanges: number }> {
  const file = await open(path, 'w');
  let bytes = (await file.write(fileHeader())).bytesWritten;
  let exchanges = 0;
  for (let round = 0; bytes < megabytes * 1e6; round++) {
    const talks = Array.from({ length: 8 }, (_, i) => {
      const turns: Turn[] = Array.from({ length: 10 }, (_, n) => [
        request('GET', `/v1/orders/${round * 80 + i * 10 + n}?limit=20`),
        response(200, 'x'.repeat((n * 1_237) % 9_000)),
      ]).flat();
      exchanges += 10;
      return talk(turns, { clientPort: 1_024 + ((round * 8 + i) % 60_000), at: Date.UTC(2026, 0, 1) + round * 100 });
    });
    bytes += (await file.write(pcapFile(disturbed(interleaved(talks))).subarray(24))).bytesWritten;
  }
  await file.close();
  return { bytes, exchanges };
}

function interleaved(talks: readonly Frame[][]): Frame[] {
  const longest = Math.max(...talks.map((frames) => frames.length));
  return Array.from({ length: longest }, (_, i) => talks.flatMap((frames) => frames[i] ?? [])).flat();
}

function disturbed(frames: Frame[]): Frame[] {
  for (let i = 100; i + 30 < frames.length; i += 100) frames.splice(i + 30, 0, ...frames.splice(i, 1));
  return frames.flatMap((frame, i) => (i % 200 === 199 ? [frame, frame] : [frame]));
}
