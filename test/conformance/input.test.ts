import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Format, formatOf } from '#collectors/capture/input/format';
import { readCapture } from '#collectors/capture/input/read';
import { cutAt, pcap, pcapng, pcapStream } from '#test/collectors/capture/input/cut';
import { received } from '#test/collectors/capture/input/received';

const folder = join(process.env['NOONTIDE_SHARED'] ?? '../shared', 'captures');
const present = existsSync(folder);
const names = present ? readdirSync(folder) : [];
const formats = new Map(names.map((name) => [name, formatOf(readFileSync(join(folder, name)).subarray(0, 24))]));
const of = (format: Format) => names.filter((name) => formats.get(name) === format);
const { signal } = new AbortController();

describe.skipIf(!present)('classic captures', () => {
  test('are the same packets to the block reader and to pcap-parser', async () => {
    const files = of('pcap');
    expect(files.length).toBeGreaterThan(250);
    for (const name of files) {
      const path = join(folder, name);
      const [file, stream] = [await received(path), await received(createReadStream(path))];
      expect({ name, ...stream }).toEqual({ name, ...file });
    }
  });
});

describe.skipIf(!present)('broken captures', () => {
  let seed = 20_261_125;
  /** Park and Miller's generator: the same mutants in every run. */
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };

  test('are cut without an exception, to the same packets however they arrive', () => {
    let mutants = 0;
    for (const name of [...of('pcap'), ...of('pcapng')]) {
      const whole = readFileSync(join(folder, name));
      const make = formats.get(name) === 'pcap' ? pcap : pcapng;
      for (let round = 0; round < (whole.length > 100_000 ? 10 : 330); round++) {
        const broken = Buffer.from(round % 3 === 0 ? whole.subarray(0, random(whole.length)) : whole);
        for (let flips = random(16); flips > 0 && broken.length > 0; flips--)
          broken[random(broken.length)] = random(256);
        const { length } = broken;
        const outcome = cutAt(broken, [length], make);
        const pieces = [random(length + 1), random(length + 1), length].sort((a, b) => a - b);
        expect(cutAt(broken, pieces, make)).toEqual(outcome);
        if (make === pcap) expect(cutAt(broken, pieces, pcapStream)).toEqual(outcome);
        mutants++;
      }
    }
    console.log({ mutants });
    expect(mutants).toBeGreaterThan(80_000);
  }, 1_200_000);
});

const capinfos = spawnSync('capinfos', ['--version']).error === undefined;

describe.skipIf(!present || !capinfos)('captures of any format', () => {
  test('have as many packets and bytes as capinfos says', async () => {
    const different: string[] = [];
    let compared = 0;
    for (const name of [...of('pcap'), ...of('pcapng'), ...of('gzip'), ...of('zstd')]) {
      let [packets, bytes] = [0, 0];
      const sink = {
        packet: (_: Buffer, _from: number, _to: number, length: number) => {
          packets++;
          bytes += length;
        },
        secrets: () => undefined,
      };
      const trouble = await readCapture(join(folder, name), sink, { signal });
      const said = infos(join(folder, name));
      // Of a file that breaks off it tells nothing.
      if (said === null || trouble !== null) {
        if ((said === null) !== (trouble !== null)) different.push(`${name}: ${said} ${trouble?.problem.message}`);
        continue;
      }
      compared++;
      if (`${packets} ${bytes}` !== said) different.push(`${name}: ${said}, here ${packets} ${bytes}`);
    }
    expect(compared).toBeGreaterThan(300);
    expect(different).toEqual([]);
  });
});

/** Packets and bytes of them. */
function infos(path: string): string | null {
  try {
    const table = execFileSync('capinfos', ['-T', '-M', '-r', '-c', '-d', path], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, packets, bytes] = table.toString().trimEnd().split('\t');
    return packets === undefined || bytes === undefined ? null : `${packets} ${bytes}`;
  } catch {
    return null;
  }
}
