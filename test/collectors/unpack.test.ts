import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pieces } from '#collectors/pieces';
import { type Packing, packingOf, UnpackError, unpacked, unpackedHead, unpacks } from '#collectors/unpack';
import { all } from '#test/db/samples';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-unpack-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What comes out of bytes that come in pieces of `size`, and the error that ended it. */
async function unpack(packed: Buffer, packing: Packing, size = packed.length): Promise<[Buffer, UnpackError | null]> {
  async function* cut() {
    for (let at = 0; at < packed.length; at += size) yield packed.subarray(at, at + size);
  }
  const got: Buffer[] = [];
  try {
    for await (const piece of unpacked(cut(), packing)) got.push(Buffer.from(piece));
    return [Buffer.concat(got), null];
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    return [Buffer.concat(got), error];
  }
}

async function fromFile(content: Buffer): Promise<Buffer> {
  await writeFile(join(root, 'file'), content);
  const got: Buffer[] = [];
  for await (const piece of pieces(join(root, 'file'), () => undefined)) got.push(Buffer.from(piece));
  return Buffer.concat(got);
}

/** Text that shrinks, but not to nothing. */
const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => Math.imul(i, 0x9e3779b1)).join('\n'));
const packers: [Packing, (bytes: Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ...(unpacks('zstd') ? [['zstd', zstdCompressSync] as [Packing, typeof zstdCompressSync]] : []),
];

describe.each(packers)('%s', (packing, pack) => {
  test('of one part or several, in pieces of any size', async () => {
    const part = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 90 }),
        async (parts, size) => {
          const packed = Buffer.concat(parts.map(pack));
          expect(packingOf(packed)).toBe(packing);
          expect(await unpack(packed, packing, size)).toEqual([Buffer.concat(parts), null]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a file of several parts is read to its end', async () => {
    const packed = Buffer.concat([pack(text.subarray(0, 300_000)), pack(text.subarray(300_000))]);
    expect((await fromFile(packed)).equals(text)).toBe(true);
  });

  test('that was cut gives what was in it', async () => {
    const packed = pack(text);
    const cut = packed.subarray(0, packed.length >> 1);
    const [got, error] = await unpack(cut, packing, 10_000);
    expect(got.length).toBeGreaterThan(100_000);
    expect(got.equals(text.subarray(0, got.length))).toBe(true);
    // Node.js 22 does not say of zstd that it was cut.
    expect(error?.cut ?? true).toBe(true);
    expect((await fromFile(cut)).equals(got)).toBe(true);
  });

  test('that is corrupt gives what stands before, and says so', async () => {
    const corrupt = Buffer.from(pack(text));
    corrupt.fill(0xff, corrupt.length - 10_000, corrupt.length - 9_000);
    const [got, error] = await unpack(corrupt, packing, 10_000);
    expect(got.length).toBeGreaterThan(100_000);
    expect(error).toMatchObject({ cut: false, code: expect.stringMatching(/^Z(?:STD)?_/) });
    await expect(fromFile(corrupt)).rejects.toMatchObject({ code: error?.code });
  });

  test('of zeros is made in pieces as they are asked for', async () => {
    const bomb = pack(Buffer.alloc(200_000_000));
    let taken = 0;
    async function* counted() {
      for (let at = 0; at < bomb.length; at += 256) {
        taken = at;
        yield bomb.subarray(at, at + 256);
      }
    }
    for await (const piece of unpacked(counted(), packing)) {
      expect(piece.length).toBeLessThanOrEqual(262_144);
      break;
    }
    expect(taken).toBeLessThan(bomb.length / 2);
  });
});

test('the head of what is packed', () => {
  const head = gzipSync(text).subarray(0, 1_024);
  const inside = Buffer.from(unpackedHead(head) ?? []);
  expect(inside.length).toBeGreaterThan(500);
  expect(inside.equals(text.subarray(0, inside.length))).toBe(true);
  expect(unpackedHead(text)).toBe(text);
  expect(unpackedHead(Buffer.from('1f8bffffffff', 'hex'))).toBe(null);
});

test('an empty file has no pieces', async () => {
  await writeFile(join(root, 'empty'), '');
  expect(await all(pieces(join(root, 'empty'), () => undefined))).toEqual([]);
});
