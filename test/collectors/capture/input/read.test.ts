import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOpening } from '#collectors/capture/input/opening';
import { readCapture } from '#collectors/capture/input/read';
import { type FileOptions, type Frame, fileHeader, pcapFile, recordHeader } from '#test/collectors/capture/pcap';
import { pcapngFile } from '#test/collectors/capture/pcapng';
import { fromFile, fromStream, Receiver } from './received.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-read-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const frames: Frame[] = Array.from({ length: 40 }, (_, i) => ({
  at: Date.UTC(2026, 4, 6) + i * 1_007,
  data: Buffer.alloc((i * 131) % 1_500, i),
}));
const expected = (list: readonly Frame[], link = 1) =>
  list.map(({ at, data }, i) => ({ number: i + 1, at, link, length: data.length, data }));
const { signal } = new AbortController();
const ignored = { packet: () => undefined, secrets: () => undefined };

describe.each([
  ['a file', fromFile],
  ['a stream', (bytes: Buffer) => fromStream(bytes)],
] as const)('packets of %s', (_, read) => {
  const variants: FileOptions[] = [false, true].flatMap((bigEndian) => [
    { bigEndian },
    { bigEndian, nanoseconds: true },
    { bigEndian, modified: true },
  ]);
  test.each(variants)('%j', async (options) => {
    const { packets, trouble } = await read(pcapFile(frames, options));
    expect(packets).toEqual(expected(frames));
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

    test('some are packets as others are', async () => {
      const zeros = Buffer.alloc(16 * 700);
      const { packets, trouble } = await read(Buffer.concat([good, zeros, good.subarray(24), zeros]));
      expect(packets.map(({ number }) => number)).toEqual(Array.from({ length: 1_404 }, (_, i) => i + 1));
      expect(trouble).toBe(null);
    });
  });

  test('packets longer than the file says they are kept are read, as libpcap does', async () => {
    const { packets, trouble } = await read(Buffer.concat([fileHeader({ snap: 64 }), pcapFile(frames).subarray(24)]));
    expect(packets.length).toBe(frames.length);
    expect(trouble).toBe(null);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'failed', 'empty'],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'), 'failed', 'no packet capture'],
    ['gzip that is cut', Buffer.from('1f8b0800000000000003', 'hex'), 'partial', 'unpacked'],
    ['gzip of text', gzipSync('GET / HTTP/1.1\r\n'), 'failed', 'no packet capture'],
    ['gzip in gzip', gzipSync(gzipSync(pcapFile(frames))), 'unsupported', 'packed twice'],
    ['a header that is cut', fileHeader().subarray(0, 20), 'partial', 'header'],
    [
      'version 1',
      Buffer.concat([fileHeader().subarray(0, 4), Buffer.from([1, 0, 0, 0]), fileHeader().subarray(8)]),
      'unsupported',
      '1.0',
    ],
  ])('%s is refused with a word', async (_name, bytes, completeness, word) => {
    const { packets, trouble } = await read(bytes);
    expect(packets).toEqual([]);
    expect(trouble?.completeness).toBe(completeness);
    expect(trouble?.problem.message).toContain(word);
    expect(trouble?.problem.mend).toBeTruthy();
  });

  test('a length beyond 256 KiB is a packet where the header says that so much was kept', async () => {
    const long: Frame[] = [{ at: 1, data: Buffer.alloc(400_000, 7) }];
    const believed = await read(pcapFile(long, { snap: 500_000 }));
    expect(believed.packets).toEqual(expected(long));
    for (const snap of [65_535, 0x7fff_ffff]) {
      const { packets, trouble } = await read(
        Buffer.concat([fileHeader({ snap }), pcapFile(long, { snap: 500_000 }).subarray(24)]),
      );
      expect(packets).toEqual([]);
      expect(trouble?.problem.message).toContain('length of 400000 bytes is corrupt, in packet 1;');
    }
  });
});

describe('packed captures', () => {
  const many: Frame[] = Array.from({ length: 3_000 }, (_, i) => ({ at: i + 1, data: Buffer.alloc(1_009, i) }));
  const classic = pcapFile(many);
  const readers = [fromFile, (bytes: Buffer) => fromStream(bytes, [1, 5, 70_000])];

  test('gzip, of one member and of several', async () => {
    const members = Buffer.concat([
      gzipSync(classic.subarray(0, 10)),
      gzipSync(classic.subarray(10, 900_001)),
      gzipSync(classic.subarray(900_001)),
    ]);
    for (const read of readers) {
      for (const packed of [gzipSync(classic), members, gzipSync(pcapngFile(many))]) {
        const { packets, trouble } = await read(packed);
        expect(trouble).toBe(null);
        expect(packets).toEqual(expected(many));
      }
    }
  });

  const zstd = typeof zlib.zstdCompressSync === 'function';
  test.runIf(zstd)('zstd, of one frame and of several', async () => {
    const frames = Buffer.concat([
      zlib.zstdCompressSync(classic.subarray(0, 900_001)),
      zlib.zstdCompressSync(classic.subarray(900_001)),
    ]);
    for (const read of readers) {
      for (const packed of [zlib.zstdCompressSync(classic), frames, zlib.zstdCompressSync(pcapngFile(many))]) {
        const { packets, trouble } = await read(packed);
        expect(trouble).toBe(null);
        expect(packets).toEqual(expected(many));
      }
    }
  });

  test('cut ones give what stands before', async () => {
    // What does not shrink, so that a cut of the packed file is one of the capture.
    const random = many.map((frame, i) => ({ ...frame, data: noise(1_009, i) }));
    const whole = pcapFile(random);
    for (const packed of [gzipSync(whole), ...(zstd ? [zlib.zstdCompressSync(whole)] : [])]) {
      const { packets, trouble } = await fromFile(packed.subarray(0, packed.length - 1_500_000));
      expect(packets.length).toBeGreaterThan(1_000);
      expect(packets).toEqual(expected(random).slice(0, packets.length));
      expect(trouble?.completeness).toBe('partial');
      // Node.js 22 does not say of zstd that it was cut: then the capture inside of it is.
      const { message, where } = trouble!.problem;
      expect(where).toMatch(
        message.includes('unpacked')
          ? new RegExp(`^byte ${packed.length - 1_500_000}$`)
          : /^byte [0-9]+ of what is unpacked$/,
      );
    }
  });

  test('a place is one of what is unpacked', async () => {
    const { trouble } = await fromFile(gzipSync(classic.subarray(0, classic.length - 1)));
    expect(trouble?.problem.where).toBe(`byte ${24 + 2_999 * (16 + 1_009)} of what is unpacked`);
    expect(trouble?.problem.message).toContain('packet 3000;');
  });

  test('of any bytes end without an exception', async () => {
    const begun = ['1f8b0800000000000003', '1f8b08', '28b52ffd', '28b52ffd04', '0a0d0d0a', 'd4c3b2a1'].map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    const good = [gzipSync(pcapFile(frames)), ...(zstd ? [zlib.zstdCompressSync(pcapFile(frames))] : [])];
    const any = fc
      .tuple(fc.constantFrom(...begun), fc.uint8Array({ maxLength: 200 }))
      .map(([head, rest]) => Buffer.concat([head, rest]));
    const flipped = fc
      .tuple(fc.constantFrom(...good), fc.nat(), fc.nat(255), fc.nat())
      .map(([packed, at, value, end]) => {
        const bad = Buffer.from(packed.subarray(0, end % 2 === 0 ? end % packed.length : packed.length));
        if (bad.length > 0) bad[at % bad.length] = value;
        return bad;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(any, flipped), fc.array(fc.nat(2_000), { maxLength: 4 }), async (bytes, cuts) => {
        const ends = cuts.filter((cut) => cut < bytes.length);
        const { packets, trouble } = await fromStream(bytes, ends);
        if (trouble !== null) expect(trouble.problem.mend).toBeTruthy();
        // Of gzip alone a checksum stands behind what it holds.
        else if (bytes[0] === 0x1f) expect(packets.length).toBe(40);
      }),
      { numRuns: 300 },
    );
  });

  test('of zeros are no bomb: a hole ends the reading', async () => {
    const { packets, trouble } = await fromFile(gzipSync(Buffer.concat([pcapFile(frames), Buffer.alloc(100_000_000)])));
    expect(packets.length).toBe(40);
    expect(trouble?.problem.message).toContain('zeros stand in place of packet 41;');
  });

  test.runIf(zstd)('without zstd in Node it is said what to do', () => {
    const script = `
      import zlib from 'node:zlib';
      import { syncBuiltinESMExports } from 'node:module';
      delete zlib.createZstdDecompress;
      syncBuiltinESMExports();
      const { readCapture } = await import('#collectors/capture/input/read');
      const sink = { packet() {}, secrets() {} };
      console.log(JSON.stringify(await readCapture(process.argv[1], sink, { signal: new AbortController().signal })));`;
    const path = join(folder, 'a.zst');
    return writeFile(path, zlib.zstdCompressSync(classic)).then(() => {
      const trouble = JSON.parse(node(script, path));
      expect(trouble).toMatchObject({
        completeness: 'unsupported',
        problem: { mend: expect.stringContaining('zstd -d') },
      });
      expect(trouble.problem.message).toContain('22.15');
    });
  });
});

function noise(length: number, seed: number): Buffer {
  let state = seed + 1;
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[i] = state >> 8;
  }
  return bytes;
}

describe('reading', () => {
  test('leaves a hole of many gigabytes unread', async () => {
    const path = join(folder, 'sparse.pcap');
    await writeFile(path, pcapFile(frames.slice(0, 2)));
    await truncate(path, 3_000_000_000);
    const bytes: number[] = [];
    await readCapture(path, ignored, { signal, progress: (taken) => void bytes.push(taken) });
    expect(bytes).toHaveLength(1);
  });

  test('of packets without data leaves others their turn', async () => {
    const path = join(folder, 'empty-packets.pcap');
    const header = recordHeader(1, 0, 60);
    await writeFile(path, Buffer.concat([fileHeader(), ...Array.from({ length: 2_000_000 }, () => header)]));
    const controller = new AbortController();
    const reason = new Error('enough');
    let bytes = 0;
    setImmediate(() => controller.abort(reason));
    const reading = readCapture(path, ignored, {
      signal: controller.signal,
      progress: (taken) => {
        bytes = taken;
      },
    });
    await expect(reading).rejects.toBe(reason);
    expect(bytes).toBeLessThan(8_000_000);
  });

  test('ends with the reason of an aborted signal', async () => {
    const path = join(folder, 'long.pcap');
    const long = pcapFile(Array.from({ length: 3_000 }, (_, i) => ({ at: i, data: Buffer.alloc(1_009) })));
    await writeFile(path, long);
    for (const packed of [long, gzipSync(long)]) {
      await writeFile(path, packed);
      const controller = new AbortController();
      const reason = new Error('enough');
      const reading = readCapture(path, ignored, {
        signal: controller.signal,
        progress: () => controller.abort(reason),
      });
      await expect(reading).rejects.toBe(reason);
    }
  });

  test('of a stream that gives nothing ends when the signal is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const silent = new Readable({ read: () => undefined });
    const reading = readCapture(silent, ignored, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
    expect(silent.destroyed).toBe(true);
  });

  test('throws what the file system says', async () => {
    await expect(readCapture(join(folder, 'away'), ignored, { signal })).rejects.toMatchObject({ code: 'ENOENT' });
    const failing = new Readable({
      read: (): void => void failing.destroy(Object.assign(new Error('x'), { code: 'EIO' })),
    });
    await expect(readCapture(failing, ignored, { signal })).rejects.toMatchObject({ code: 'EIO' });
  });

  test('gives packets that keep the bytes of their turn only', async () => {
    const receiver = new Receiver();
    const path = join(folder, 'turns.pcap');
    await writeFile(path, pcapFile(frames));
    await readCapture(path, receiver, { signal });
    expect(receiver.packets).toEqual(expected(frames));
  });

  test('tells the time of the first packet', async () => {
    for (const bytes of [pcapFile(frames), pcapngFile(frames), gzipSync(pcapFile(frames))]) {
      await writeFile(join(folder, 'first'), bytes);
      expect((await readOpening(join(folder, 'first'), signal)).first).toBe(frames[0]!.at);
    }
    await writeFile(join(folder, 'first'), 'none');
    expect((await readOpening(join(folder, 'first'), signal)).first).toBe(null);
  });

  test('lets no warning of the parser reach the user', async () => {
    const path = join(folder, 'warn.pcap');
    await writeFile(path, pcapFile(frames));
    const script = `import { createReadStream } from 'node:fs';
      import { readExchanges } from '#collectors/capture/exchanges';
      for await (const _ of readExchanges(createReadStream(process.argv[1]), new AbortController().signal));`;
    expect(node(script, path, { NODE_OPTIONS: '--throw-deprecation' })).toBe('');
  });
});

function node(script: string, argument: string, env: Record<string, string> = {}): string {
  return execFileSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script, argument], {
    cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  }).toString();
}
