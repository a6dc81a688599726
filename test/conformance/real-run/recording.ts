import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

type Tcpdump = ChildProcessByStdio<null, null, Readable>;

export interface Recording {
  /** Ends it once what was sent is in the file; the number of packets that the kernel dropped. */
  stop(): Promise<number>;
}

/** Where a program is; `null` when it is not installed. Servers' programs are not on everybody's path. */
export function installed(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** Records TCP of these ports on loopback, from when it returns on. Answers why not, where tcpdump is missing or may not. */
export async function record(file: string, ports: readonly number[]): Promise<Recording | string> {
  const program = installed('tcpdump');
  if (program === null) return 'tcpdump is not installed';
  const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
  const args = ['-i', 'lo', '-U', '-s', '0', '-B', '16384', '-w', file, filter];
  // As root it would give its rights away, and could not write into our folder then.
  if (process.getuid?.() === 0) args.unshift('-Z', 'root');
  const child: Tcpdump = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const listening = new Promise<boolean>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listening on')) resolve(true);
    });
    child.on('close', () => resolve(false));
  });
  if (!(await listening)) return `tcpdump may not record here: ${said.trim()}`;
  return {
    stop: async () => {
      // The kernel hands packets over in blocks.
      await pause(1_500);
      child.kill('SIGINT');
      await once(child, 'close');
      return Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1]);
    },
  };
}
