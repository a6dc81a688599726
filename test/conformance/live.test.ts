import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyFolder, remove } from '#test/cli/folder';
import { noontide, type Ran } from '#test/cli/small';

const bin = fileURLToPath(new URL('../../dist/src/cli/bin.js', import.meta.url));

/** Whether a program is there and may record on loopback, for a second; what it says when not. */
function refusal(program: string): string {
  const args = ['-i', 'lo', '-w', '/dev/null'];
  const { error, stderr } = spawnSync(program, args, { timeout: 1_000, killSignal: 'SIGINT' });
  if (error === undefined) return stderr.toString();
  return (error as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? '' : error.message;
}

const tcpdump = refusal('tcpdump');
const dumpcap = refusal('dumpcap');
if (tcpdump !== '') console.log(`left out, for tcpdump cannot record here: ${tcpdump}`);
if (dumpcap !== '') console.log(`left out, for dumpcap cannot record here: ${dumpcap}`);

let server: Server;
let folder: string;
let temporary: string;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"id":7}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  folder = await emptyFolder();
  temporary = await emptyFolder();
  return async () => {
    await remove(folder);
    await remove(temporary);
  };
});

const port = () => (server.address() as AddressInfo).port;

async function call(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await (await fetch(`http://127.0.0.1:${port()}/v1/orders/${i}?limit=3`)).text();
}

function capturing(args: readonly string[], env: Record<string, string> = {}) {
  const all = ['capture', '-i', 'lo', '--filter', `tcp port ${port()}`, '--db', join(folder, 'noontide.db'), ...args];
  const child = spawn(process.execPath, [bin, ...all], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, ...env },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk;
  });
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number, ...said }));
  const until = async (right: () => boolean) => {
    while (!right() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { child, said, ended, until };
}

async function calls(): Promise<[path: string, calls: number][]> {
  const { out } = await noontide(['list', '--json', '--db', join(folder, 'noontide.db')], folder);
  return (JSON.parse(out).endpoints as { path: string; calls: number }[]).map(({ path, calls }) => [path, calls]);
}

/** A folder that is the whole PATH, with one program in it. */
function only(program: string): Record<string, string> {
  const [line = ''] = spawnSync('which', [program]).stdout.toString().split('\n');
  spawnSync('ln', ['-s', line, join(folder, program)]);
  return { PATH: folder };
}

describe.skipIf(tcpdump !== '')('noontide capture by tcpdump', () => {
  test('records batch after batch, loses nothing, and ends in good order', async () => {
    const { child, said, ended, until } = capturing(['--every', '1s']);
    await until(() => said.err.includes('tcpdump records'));
    await call(0, 30);
    await until(() => said.out.includes('1 operation on 1 host'));
    expect((await calls())[0]?.[0]).toBe('/v1/orders/{integer}');
    await call(30, 60);
    // What was not in a batch yet is in the last one.
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/lo: [\d,]+ packets, none dropped, \d+ batch(?:es)? recorded\./),
    ]);
    expect(out).toMatch(/lo-\d{8}T\d{6}\.\d{3}Z-\d{4}\.pcap: [\d,]+ packets, .* 1 operation on 1 host/);
    expect(await calls()).toEqual([['/v1/orders/{integer}', 60]]);
    expect(readdirSync(temporary)).toEqual([]);
    const { out: runs } = await noontide(['runs', '--json', '--db', join(folder, 'noontide.db')], folder);
    expect(JSON.parse(runs).runs.length).toBeGreaterThan(1);
  });

  test('--for ends it, --json tells of each batch', async () => {
    const { said, ended, until } = capturing(['--every', '1m', '--for', '3s', '--json']);
    await until(() => said.err.includes('tcpdump records'));
    await call(0, 5);
    const { code, out } = await ended;
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        version: 1,
        interface: 'lo',
        batch: expect.stringContaining('-0001.pcap'),
        dropped: 0,
        scopes: [{ completeness: 'complete' }],
      },
    ]);
    expect(await calls()).toEqual([['/v1/orders/{integer}', 5]]);
  });

  test('SIGTERM ends it too, and what passed nobody kept', async () => {
    const { child, said, ended, until } = capturing(['--every', '1h']);
    await until(() => said.err.includes('tcpdump records'));
    await call(0, 3);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(await calls()).toEqual([['/v1/orders/{integer}', 3]]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('a second signal ends it at once, and leaves nothing behind', async () => {
    const { child, said, ended, until } = capturing(['--every', '1h']);
    await until(() => said.err.includes('tcpdump records'));
    await call(0, 3);
    child.kill('SIGINT');
    await until(() => said.err.includes('Stopping'));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
    expect((await noontide(['doctor', '--db', join(folder, 'noontide.db')], folder)).code).toBe(0);
  });

  test('two at once wait for each other', async () => {
    const both = [capturing(['--every', '1h']), capturing(['--every', '1h'])];
    for (const { said, until } of both) await until(() => said.err.includes('tcpdump records'));
    await call(0, 20);
    for (const { child } of both) child.kill('SIGINT');
    for (const { ended } of both)
      expect(await ended).toMatchObject({ code: 0, out: expect.stringContaining('20 exchanges') });
  });

  test('nothing that passes is said so', async () => {
    const { code, out, err } = await capturing(['--filter', 'host 192.0.2.1', '--every', '1s', '--for', '2s']).ended;
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('lo: 0 packets');
    expect(err).toContain('Nothing passed');
  });

  test('what it cannot do is a sentence, and 2', async () => {
    const run = (...args: string[]) => capturing(args).ended;
    expect(await run('-i', 'no-such-interface')).toMatchObject({ code: 2, err: expect.stringContaining('tcpdump -D') });
    expect(await run('--filter', 'tcp porrt 80')).toMatchObject({
      code: 2,
      err: expect.stringContaining('pcap-filter'),
    });
    expect(await run('--filter', '-z /bin/sh')).toMatchObject({ code: 2, err: expect.stringContaining('filter') });
    expect(await run('--every', 'soon')).toMatchObject({ code: 2, err: expect.stringContaining('--every') });
  });
});

describe.skipIf(dumpcap !== '')('noontide capture by dumpcap', () => {
  test('where there is no tcpdump', async () => {
    const { child, said, ended, until } = capturing(['--every', '1s'], only('dumpcap'));
    await until(() => said.err.includes('dumpcap records'));
    await call(0, 20);
    await until(() => said.out.includes('1 operation on 1 host'));
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect([code, err]).toEqual([0, expect.stringMatching(/packets, none dropped, \d+ batch/)]);
    expect(await calls()).toEqual([['/v1/orders/{integer}', 20]]);
  });
});

test('without a program to record with it is said what to install', async () => {
  const { code, err } = await capturing([], { PATH: folder }).ended;
  expect([code, err]).toEqual([2, expect.stringContaining('install')]);
});

test.skipIf(tcpdump !== '' || process.getuid?.() !== 0)(
  'without the right to record it is said how to get it',
  async () => {
    await chmod(folder, 0o777);
    await chmod(temporary, 0o777);
    const { uid, gid } = { uid: 65_534, gid: 65_534 };
    const args = [bin, 'capture', '-i', 'lo', '--db', join(folder, 'noontide.db')];
    const { status, stderr } = spawnSync(process.execPath, args, {
      uid,
      gid,
      cwd: folder,
      env: { ...process.env, HOME: folder, TMPDIR: temporary },
    });
    expect([status, stderr.toString()]).toEqual([2, expect.stringContaining('setcap cap_net_raw')]);
  },
);
