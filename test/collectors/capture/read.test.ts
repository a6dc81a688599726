import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Packet, readPackets } from '#collectors/capture/input/read';
import { type FileOptions, type Frame, fileHeader, pcapFile, recordHeader } from './pcap.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-read-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const frames: Frame[] = Array.from({ length: 40 }, (_, i) => ({
  at: Date.UTC(2026, 4, 6) + i * 1_007,
  data: Buffer.alloc((i * 131) % 1_500, i),
}));

async function read(bytes: Buffer, name = 'a.pcap') {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const packets: Packet[] = [];
  let trouble = null;
  for await (const batch of readPackets(path, new AbortController().signal)) {
    packets.push(...batch.packets.map((packet) => ({ ...packet, data: Buffer.from(packet.data) })));
    trouble ??= batch.trouble;
  }
  return { packets, trouble };
}

describe('packets of a file', () => {
  const variants: FileOptions[] = [false, true].flatMap((bigEndian) => [
    { bigEndian },
    { bigEndian, nanoseconds: true },
    { bigEndian, modified: true },
  ]);
  test.each(variants)('%j', async (options) => {
    const { packets, trouble } = await read(pcapFile(frames, options), 'named.txt');
    expect(packets).toEqual(frames.map(({ at, data }, i) => ({ number: i + 1, at, data })));
    expect(trouble).toBe(null);
  });

  test('of more than one piece, in which packets lie across the seams', async () => {
    const many: Frame[] = Array.from({ length: 3_000 }, (_, i) => ({ at: i, data: Buffer.alloc(1_009, i) }));
    const { packets } = await read(pcapFile(many, { modified: true }));
    expect(packets.every(({ number, data }) => data.equals(many[number - 1]!.data))).toBe(true);
    expect(packets.length).toBe(3_000);
  });

  test('cut anywhere: what stands before, and the place', async () => {
    const whole = pcapFile(frames.slice(0, 6));
    let end = 24;
    for (const [i, { data }] of frames.slice(0, 6).entries()) {
      for (const at of [end + 1, end + 15, end + 16 + Math.max(0, data.length - 1)]) {
        if (at >= end + 16 + data.length) continue;
        const { packets, trouble } = await read(whole.subarray(0, at));
        expect(packets.length).toBe(i);
        expect(trouble).toMatchObject({ completeness: 'partial', problem: { where: `byte ${end}` } });
        expect(trouble!.problem.message).toContain(`packet ${i + 1}`);
      }
      end += 16 + data.length;
    }
  });

  test('a corrupt length ends the file without reading it', async () => {
    const good = pcapFile(frames.slice(0, 2));
    const { packets, trouble } = await read(
      Buffer.concat([good, recordHeader(0, 0x7fff_ffff, 60), Buffer.alloc(8_000_000)]),
    );
    expect(packets.length).toBe(2);
    expect(trouble).toMatchObject({ completeness: 'partial', problem: { where: `byte ${good.length}` } });
  });

  describe('headers of zeros', () => {
    const good = pcapFile(frames.slice(0, 2));

    test('many in a row are a hole in the file, wherever its pieces are cut', async () => {
      for (const options of [{}, { modified: true }, { bigEndian: true }]) {
        const before = pcapFile(
          Array.from({ length: 1_030 }, (_, i) => ({ at: i + 1, data: Buffer.alloc(1_000, 1) })),
          options,
        );
        const { packets, trouble } = await read(Buffer.concat([before, Buffer.alloc(4_000_000)]));
        expect(packets.length).toBe(1_030);
        expect(trouble).toMatchObject({ completeness: 'partial', problem: { where: `byte ${before.length}` } });
        expect(trouble!.problem.message).toContain('zeros stand in place of packet 1031;');
      }
    });

    test('a hole of many gigabytes is not read', async () => {
      const path = join(folder, 'sparse.pcap');
      await writeFile(path, good);
      await truncate(path, 3_000_000_000);
      const bytes: number[] = [];
      for await (const batch of readPackets(path, new AbortController().signal)) bytes.push(batch.bytes);
      expect(bytes).toHaveLength(1);
    });

    test('some are packets as others are', async () => {
      const zeros = Buffer.alloc(16 * 700);
      const { packets, trouble } = await read(Buffer.concat([good, zeros, good.subarray(24), zeros]));
      expect(packets.map(({ number }) => number)).toEqual(Array.from({ length: 1_404 }, (_, i) => i + 1));
      expect(trouble).toBe(null);
    });
  });

  test('packets without data leave others their turn', async () => {
    const path = join(folder, 'empty-packets.pcap');
    const header = recordHeader(1, 0, 60);
    await writeFile(path, Buffer.concat([fileHeader(), ...Array.from({ length: 2_000_000 }, () => header)]));
    const controller = new AbortController();
    const reason = new Error('enough');
    let bytes = 0;
    setImmediate(() => controller.abort(reason));
    const reading = async () => {
      for await (const batch of readPackets(path, controller.signal)) bytes = batch.bytes;
    };
    await expect(reading()).rejects.toBe(reason);
    expect(bytes).toBeLessThan(8_000_000);
  });

  test('packets longer than the file says they are kept are read, as libpcap does', async () => {
    const { packets, trouble } = await read(Buffer.concat([fileHeader({ snap: 64 }), pcapFile(frames).subarray(24)]));
    expect(packets.length).toBe(frames.length);
    expect(trouble).toBe(null);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'failed', 'empty'],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'), 'failed', 'no packet capture'],
    ['pcapng', Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffff', 'hex'), 'unsupported', 'pcapng'],
    ['gzip', Buffer.from('1f8b0800000000000003', 'hex'), 'unsupported', 'gzip'],
    ['a header that is cut', fileHeader().subarray(0, 20), 'partial', 'header'],
    [
      'version 1',
      Buffer.concat([fileHeader().subarray(0, 4), Buffer.from([1, 0, 0, 0]), fileHeader().subarray(8)]),
      'unsupported',
      '1.0',
    ],
  ])('%s is refused with a word', async (_, bytes, completeness, word) => {
    const { packets, trouble } = await read(bytes);
    expect(packets).toEqual([]);
    expect(trouble?.completeness).toBe(completeness);
    expect(trouble?.problem.message).toContain(word);
    expect(trouble?.problem.mend).toBeTruthy();
  });

  test('an aborted signal ends it with its reason', async () => {
    const path = join(folder, 'long.pcap');
    await writeFile(path, pcapFile(Array.from({ length: 3_000 }, (_, i) => ({ at: i, data: Buffer.alloc(1_009) }))));
    const controller = new AbortController();
    const reason = new Error('enough');
    const batches = readPackets(path, controller.signal);
    await batches.next();
    controller.abort(reason);
    await expect(batches.next()).rejects.toBe(reason);
  });

  test('no warning of the parser reaches the user', async () => {
    const path = join(folder, 'warn.pcap');
    await writeFile(path, pcapFile(frames));
    const script = `import { readExchanges } from '#collectors/capture/exchanges';
      for await (const _ of readExchanges(process.argv[1], new AbortController().signal));`;
    const ran = execFileSync(
      process.execPath,
      ['--conditions=source', '--input-type=module', '-e', `${script}`, path],
      {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_OPTIONS: '--throw-deprecation' },
      },
    );
    expect(ran.toString()).toBe('');
  });
});
