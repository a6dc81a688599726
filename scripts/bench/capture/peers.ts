import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PeerMeasure {
  seconds: number;
  /** `null` without GNU time. */
  peakMegabytes: number | null;
  /** Requests in what it wrote; `null` when it does not tell requests. */
  found: number | null;
}

interface Peer {
  name: string;
  /** It is slow: only on a file of a few hundred megabytes. */
  slow: boolean;
  args(capture: string, folder: string): string[];
  /** Counts the requests in what it wrote; its standard output is in the file `out`. */
  count?(folder: string): Promise<number>;
}

/** Ways of others to read HTTP out of a capture, as their Debian packages are. */
export const peers: readonly Peer[] = [
  {
    // Looks at single packets: no reassembly. Without a list it knows neither PATCH nor ports beside 80 and 8080.
    name: 'httpry',
    slow: false,
    args: (capture, folder) => [
      '-q',
      '-m',
      'get,post,put,patch,delete,head',
      '-r',
      capture,
      '-o',
      join(folder, 'log'),
      'tcp',
    ],
    count: async (folder) => {
      let requests = 0;
      await eachLine(join(folder, 'log'), (line) => {
        if (line.includes('\t>\t')) requests++;
      });
      return requests;
    },
  },
  {
    // Only puts streams together, each into a file.
    name: 'tcpflow',
    slow: false,
    args: (capture, folder) => ['-r', capture, '-o', join(folder, 'flows')],
  },
  {
    name: 'tshark',
    slow: true,
    args: (capture) => ['-r', capture, '-Y', 'http.request', '-T', 'fields', '-e', 'http.request.method'],
    // Pipelined requests are one packet, and one line.
    count: async (folder) => {
      let requests = 0;
      await eachLine(join(folder, 'out'), (line) => {
        requests += line.split(',').length;
      });
      return requests;
    },
  },
];

/** Where a program is; `null` when it is not installed. */
export function installed(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** Runs one over a capture; `null` when it failed or took longer than two minutes. `folder` is where it may write. */
export async function measurePeer(
  peer: Peer,
  program: string,
  capture: string,
  folder: string,
): Promise<PeerMeasure | null> {
  const scratch = join(folder, peer.name);
  await mkdir(scratch);
  try {
    const gauge = installed('time');
    const gauged = gauge === null ? [] : [gauge, '-f', '%M', '-o', join(scratch, 'peak')];
    const [command = program, ...args] = [...gauged, program, ...peer.args(capture, scratch)];
    const before = performance.now();
    const child = spawn('sh', ['-c', 'exec "$@" >"$0" 2>&1', join(scratch, 'out'), command, ...args], {
      stdio: 'ignore',
      timeout: 120_000,
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) return null;
    const seconds = (performance.now() - before) / 1_000;
    const peak = gauge === null ? null : Math.round(Number(await readFile(join(scratch, 'peak'), 'utf8')) / 1_024);
    return { seconds, peakMegabytes: peak, found: (await peer.count?.(scratch)) ?? null };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function eachLine(file: string, take: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(file) })) take(line);
}
