import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is sent, byte for byte. */
export interface Asked {
  method: string;
  target: string;
  version?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** One server with one format of its log. */
export interface Server {
  name: string;
  /** The program, or where else it may be. */
  program: string;
  /** Writes its configuration into the folder, and gives the arguments that start it. */
  configure(folder: string, port: number): Promise<string[]>;
  /** The log, below the folder; `stdout` is what it prints. */
  log: string;
  format: string | Record<string, string> | undefined;
  /** What its log does not have of a request that was sent: the request itself, or the scheme and authority of an absolute target. */
  lacks?: { request?: (target: string, status: number) => boolean; absolute?: boolean };
  /** What its log has of headers and users. */
  tells: { agent?: boolean; user?: string; forwarded?: boolean; host?: boolean };
}

/** The path of a program; `null` where it is not installed. `NOONTIDE_ENVOY` and the like go before. */
export function installed(program: string): string | null {
  const given = process.env[`NOONTIDE_${program.toUpperCase()}`];
  if (given) return existsSync(given) ? given : null;
  try {
    return execFileSync('which', [program], {
      encoding: 'utf8',
      env: { PATH: `${process.env['PATH']}:/usr/sbin` },
    }).trim();
  } catch {
    // `which` says so by its status.
    return null;
  }
}

/** Starts a server, asks one thing after the other, each on a connection of its own, stops it, and gives the answers' statuses and the log. */
export async function logOf(
  server: Server,
  folder: string,
  port: number,
  asked: readonly Asked[],
): Promise<{ statuses: number[]; log: string }> {
  const args = await server.configure(folder, port);
  const output = openSync(join(folder, 'stdout'), 'w');
  const child = spawn(installed(server.program)!, args, {
    cwd: folder,
    stdio: ['ignore', output, openSync(join(folder, 'stderr'), 'w')],
  });
  try {
    await listening(port, child, folder);
    const statuses: number[] = [];
    for (const each of asked) statuses.push(await ask(port, each));
    await sleep(1_500);
    return { statuses, log: join(folder, server.log) };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

async function listening(port: number, child: ChildProcess, folder: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`it did not start: ${await readFile(join(folder, 'stderr'), 'utf8')}`);
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await sleep(100);
  }
  throw new Error('it did not listen');
}

/** The status of the answer; 0 when there was none. */
async function ask(port: number, { method, target, version, headers, body }: Asked): Promise<number> {
  const lines = Object.entries({ Host: 'api.acme.example', Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  if (body !== undefined) lines.push(`Content-Length: ${body.length}\r\n`);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    Buffer.from(`${method} ${target} HTTP/${version ?? '1.1'}\r\n${lines.join('')}\r\n${body ?? ''}`, 'utf8'),
  );
  let answer = '';
  socket.setTimeout(10_000, () => socket.destroy());
  try {
    for await (const bytes of socket) answer += (bytes as Buffer).toString('latin1');
  } catch {
    // Reset after the answer, where a body was not read.
  }
  return Number(/^HTTP\/[0-9.]+ ([0-9]{3})/.exec(answer)?.[1] ?? 0);
}

export async function configured(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), text);
}
