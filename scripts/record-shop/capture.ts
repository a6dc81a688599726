import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { addresses, port } from './shop.ts';

/**
 * Starts tcpdump on loopback, into a classic pcap file of what the services send and are sent. The function it gives stops
 * it, and returns tcpdump's own figures; it throws when the kernel dropped packets, for then the recording is no proof.
 */
export async function startCapture(
  file: string,
  running: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<() => Promise<string>> {
  const hosts = Object.values(addresses).map((address) => `host ${address}`);
  const filter = `tcp port ${port} and (${hosts.join(' or ')})`;
  // Root gives its rights up by default, and could then not write into a folder that is not its own: -Z.
  const user = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const args = ['-i', 'lo', '-n', '-s', '0', '-B', '16384', ...user, '-w', file, filter];
  const tcpdump = spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const listening = new Promise<void>((resolve, reject) => {
    tcpdump.once('error', reject);
    tcpdump.once('close', () => reject(new Error(`tcpdump ended early: ${said}`)));
    tcpdump.stderr.on('data', (text) => {
      said += text;
      if (said.includes('listening on')) resolve();
    });
  });
  await listening;
  const ended = once(tcpdump, 'close');
  running.defer(async () => {
    tcpdump.kill('SIGINT');
    await ended;
  });
  return async () => {
    // The kernel hands packets over in blocks, at the latest after a second.
    await sleep(1_500, undefined, { signal });
    tcpdump.kill('SIGINT');
    await ended;
    if (!/^0 packets dropped by kernel/m.test(said)) throw new Error(`packets were dropped: ${said}`);
    return said.split('\n').slice(1).join(', ');
  };
}
