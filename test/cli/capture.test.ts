import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileHeader, pcapFile, recordHeader, request, response, talk } from '#test/collectors/capture/pcap';
import { emptyFolder, remove } from './folder.ts';
import { noontide, type Ran } from './small.ts';

const bin = fileURLToPath(new URL('../../dist/src/cli/bin.js', import.meta.url));
const host = 'api.example.com';
const connection = (path: string, clientPort: number) =>
  talk([request('GET', path), response(200, '{}')], { clientPort });
const first = pcapFile([...connection('/v1/orders/1', 1_001), ...connection('/v1/orders/2', 1_002)]);
const second = pcapFile(connection('/v1/carts', 1_003)).subarray(24);

let folder: string;
let temporary: string;
beforeEach(async () => {
  folder = await emptyFolder();
  temporary = await emptyFolder();
});
afterEach(async () => {
  await remove(folder);
  await remove(temporary);
});

/** What stands in for tcpdump: gives the pieces, a second and a half between two, and then does what `last` says. */
async function pretend(
  pieces: readonly Buffer[],
  last: string,
  figures = '0 packets dropped by kernel',
): Promise<void> {
  for (const [i, piece] of pieces.entries()) await writeFile(join(folder, `piece-${i}`), piece);
  const script = `#!/bin/bash
printf '%s\\n' "$@" >'${folder}/arguments'
trap 'echo "${figures}" >&2; exit 0' INT
trap 'echo "${figures}" >&2' USR1
for piece in ${pieces.map((_, i) => `'${folder}/piece-${i}'`).join(' ')}; do
  cat "$piece"
  for i in {1..15}; do sleep 0.1; done
done
${last}
`;
  await writeFile(join(folder, 'tcpdump'), script);
  await chmod(join(folder, 'tcpdump'), 0o755);
}

const wait = 'while :; do sleep 0.1; done';

function capturing(...args: string[]) {
  const all = ['capture', '-i', 'eth0', '--every', '1s', '--db', join(folder, 'noontide.db'), ...args];
  const env = { ...process.env, TMPDIR: temporary, PATH: `${folder}:${process.env['PATH']}` };
  const child = spawn(process.execPath, [bin, ...all], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk;
  });
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number, ...said }));
  const heard = async (word: string) => {
    while (!said.out.includes(word) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { child, ended, heard };
}

async function known(): Promise<string[]> {
  const { out } = await noontide(['list', '--json', '--db', join(folder, 'noontide.db')], folder);
  const { endpoints } = JSON.parse(out) as { endpoints: { path: string; calls: number }[] };
  return endpoints.map(({ path, calls }) => `${path} ${calls}`).sort();
}

describe.skipIf(process.platform === 'win32')('capture', () => {
  test('puts batch after batch into the inventory, wherever the stream is cut', async () => {
    await pretend([first.subarray(0, 10), first.subarray(10, 1_000), first.subarray(1_000), second], wait);
    const { child, ended, heard } = capturing('--filter', 'tcp port 80; touch x');
    await heard('-0002.pcap: ');
    expect(await known()).toContain('/v1/orders/{integer} 2');
    await heard('-0003.pcap: ');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect([code, err]).toEqual([0, expect.stringMatching(/eth0: 30 packets, none dropped, 3 batches recorded\./)]);
    expect(out).toMatch(/^eth0-20260102T030405\.006Z-0001\.pcap: \d+ packets/);
    expect(await known()).toEqual(['/v1/carts 1', '/v1/orders/{integer} 2']);
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toMatch(
      /^-i\neth0\n[\s\S]*\n-w\n-\n--\ntcp port 80; touch x\n$/,
    );
    expect(readdirSync(folder)).not.toContain('x');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('a call goes on from one batch to the next, and what never got its answer is told at the end', async () => {
    const turns = [request('GET', '/v1/orders/1'), response(200, '{}'), request('GET', '/v1/late')];
    const frames = talk(turns, { closes: false });
    const asked = frames.findIndex(({ data }) => data.includes('/v1/orders'));
    const pieces = [frames.slice(0, asked + 1), frames.slice(asked + 1)].map((some) => pcapFile(some));
    await pretend([pieces[0]!, pieces[1]!.subarray(24)], wait);
    const { child, ended, heard } = capturing();
    await heard('-0002.pcap: ');
    expect(await known()).toEqual(['/v1/orders/{integer} 1']);
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toMatch(/-0001\.pcap: .* 0 exchanges|-0001\.pcap: .*no connection carries HTTP/);
    expect(out).toMatch(/-0002\.pcap: .*1 connection that began in the files before; 1 exchange,/);
    expect(out).toMatch(/-0002\.pcap: .*2 exchanges, .*1 request without an answer/);
  });

  test('what was dropped is told, and 3', async () => {
    await pretend([first], wait, '12 packets dropped by kernel');
    const { code, err } = await capturing('--for', '2s').ended;
    expect([code, err]).toEqual([3, expect.stringContaining('20 packets, 12 dropped, 1 batch recorded')]);
    expect(err).toContain('Packets were dropped');
  });

  test('a recording that ends by itself keeps what came, and is 3', async () => {
    await pretend([first], 'exit 7');
    const { code, err } = await capturing().ended;
    expect([code, err]).toEqual([3, expect.stringContaining('tcpdump ended by itself (exit code 7)')]);
    expect(await known()).toEqual(['/v1/orders/{integer} 2']);
  });

  test('a recording that is corrupt keeps what came before, and is 3', async () => {
    await pretend([Buffer.concat([first, recordHeader(1, 0x7fff_ffff, 60)])], wait);
    const { code, err } = await capturing().ended;
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('a captured length of 2147483647 bytes is corrupt, in packet 21'),
    ]);
    expect(await known()).toEqual(['/v1/orders/{integer} 2']);
  });

  test('--json tells of each batch; what noontide.yaml says of services holds', async () => {
    const yaml = `version: 1\nservices:\n  Orders:\n    hosts: [${host}]\n`;
    await writeFile(join(folder, 'noontide.yaml'), yaml);
    await pretend([first], wait);
    const { code, out } = await capturing('--every', '1m', '--for', '2s', '--json').ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      interface: 'eth0',
      batch: 'eth0-20260102T030405.006Z-0001.pcap',
      packets: 20,
      dropped: 0,
      scopes: [{ plane: 'observed', completeness: 'complete', saw: expect.stringContaining('2 exchanges') }],
      newFindings: [],
    });
    const { out: list } = await noontide(
      ['list', '--json', '--service', 'Orders', '--db', join(folder, 'noontide.db')],
      folder,
    );
    expect(JSON.parse(list).endpoints.length).toBe(1);
  });

  test('an empty recording says so', async () => {
    await pretend([fileHeader()], wait);
    const { code, out, err } = await capturing('--for', '1s').ended;
    expect([code, out, err]).toEqual([0, '', expect.stringContaining('Nothing passed there')]);
  });
});

test.each([
  [[], '-i'],
  [['-i', 'eth0', '--every', 'soon'], '--every'],
  [['-i', 'eth0', '--every', '10ms'], '--every'],
  [['-i', 'eth0', '--for', '100d'], '--for'],
])('capture %j cannot be meant', async (args, word) => {
  const { code, err } = await noontide(['capture', ...args], folder);
  expect([code, err]).toEqual([2, expect.stringContaining(word)]);
});
