import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pcapFile, request, response, talk } from '#test/collectors/capture/pcap';
import { pcapngFile } from '#test/collectors/capture/pcapng';
import { emptyFolder, remove } from './folder.ts';
import { noontide, type Ran } from './small.ts';

const bin = fileURLToPath(new URL('../../dist/src/cli/bin.js', import.meta.url));
const frames = talk([
  request('GET', '/v1/orders/7'),
  response(200, '{}'),
  request('POST', '/v1/orders'),
  response(201),
]);
const later = talk([request('GET', '/v1/carts'), response(200, '{}')], { at: Date.UTC(2026, 0, 3) });

let folder: string;
beforeEach(async () => {
  folder = await emptyFolder();
});
afterEach(() => remove(folder));

const db = () => ['--db', join(folder, 'noontide.db')];

/** Starts `noontide scan -`; what it says, and standard input to write to. */
function scanning(args: readonly string[] = []) {
  const child = spawn(process.execPath, [bin, 'scan', '-', ...db(), ...args], { cwd: folder });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk;
  });
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number, ...said }));
  return { child, said, ended };
}

async function piped(bytes: Buffer, args: readonly string[] = []): Promise<Ran> {
  const { child, ended } = scanning(args);
  child.stdin.end(bytes);
  return await ended;
}

async function paths(): Promise<string[]> {
  const { out } = await noontide(['list', '--json', ...db()], folder);
  return (JSON.parse(out).endpoints as { path: string }[]).map(({ path }) => path).sort();
}

describe('scan -', () => {
  test.each([
    ['pcap', pcapFile(frames)],
    ['pcapng', pcapngFile(frames)],
    ['gzip', gzipSync(pcapFile(frames))],
  ])('reads %s from standard input', async (_, bytes) => {
    const { code, out } = await piped(bytes);
    expect(code).toBe(0);
    expect(out).toContain('  capture:stdin  complete');
    expect(out).toContain('stdin 2026-01-02T03:04:05.006Z: 14 packets, 14 TCP segments in 1 connection; 2 exchanges');
    expect(await paths()).toEqual(['/v1/orders', '/v1/orders/{integer}']);
  });

  test('keeps what was piped in before', async () => {
    await piped(pcapFile(frames));
    await piped(pcapFile(later));
    await piped(pcapFile(frames));
    expect(await paths()).toEqual(['/v1/carts', '/v1/orders', '/v1/orders/{integer}']);
    const { out } = await noontide(['list', '--json', '--path', '/v1/orders', ...db()], folder);
    expect(JSON.parse(out).endpoints[0].calls).toBe(1);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'the file is empty'],
    ['text', Buffer.from('GET / HTTP/1.1\r\n'), 'no packet capture'],
    ['a capture that breaks off', pcapFile(frames).subarray(0, 700), 'ends inside packet'],
  ])('of %s says so, and ends with 3', async (_, bytes, word) => {
    const { code, out } = await piped(bytes);
    expect(code).toBe(3);
    expect(out).toContain(word);
  });

  test('a first Ctrl-C, which the writer hears too, leaves it the end', async () => {
    const { child, said, ended } = scanning();
    const whole = pcapFile(frames);
    child.stdin.write(whole.subarray(0, 500));
    await heard(said, 'reading');
    child.kill('SIGINT');
    await heard(said, 'to its end');
    child.stdin.end(whole.subarray(500));
    const { code, out } = await ended;
    expect([code, out]).toEqual([0, expect.stringContaining('2 exchanges')]);
  });

  test.each([
    ['SIGTERM', 1, 143],
    ['SIGINT', 2, 130],
  ] as const)('%s stops it while nothing comes', async (signal, times, expected) => {
    const { child, said, ended } = scanning();
    child.stdin.write(pcapFile(frames).subarray(0, 500));
    await heard(said, 'reading');
    for (const word of ['to its end', 'Stopping'].slice(2 - times)) {
      child.kill(signal);
      await heard(said, word);
    }
    expect((await ended).code).toBe(expected);
    child.stdin.destroy();
    expect((await noontide(['doctor', ...db()], folder)).code).toBe(0);
  });
});

async function heard(said: { err: string }, word: string): Promise<void> {
  while (!said.err.includes(word)) await new Promise((resolve) => setTimeout(resolve, 10));
}
