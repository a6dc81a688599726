import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExchanges } from '#collectors/capture/exchanges';
import { newReading, type Reading } from '#collectors/capture/reading';
import type { Exchange } from '#collectors/traffic/exchange';
import { type FileOptions, type Frame, pcapFile } from './pcap.ts';

/** Reads a capture given as bytes. */
async function readBytes(bytes: Buffer): Promise<{ exchanges: Exchange[]; reading: Reading }> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-pcap-'));
  try {
    const path = join(folder, 'a.pcap');
    await writeFile(path, bytes);
    const reading = newReading();
    const exchanges: Exchange[] = [];
    for await (const exchange of readExchanges(path, new AbortController().signal, reading)) exchanges.push(exchange);
    return { exchanges, reading };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function readFrames(frames: readonly Frame[], options?: FileOptions) {
  return readBytes(pcapFile(frames, options));
}

/** `GET api.example.com /a 200 17`: method, host, target, status, length of the answer's body. */
export function line({ method, host, target, status, responseLength }: Exchange): string {
  return `${method} ${host} ${target} ${status} ${responseLength ?? '-'}`;
}
