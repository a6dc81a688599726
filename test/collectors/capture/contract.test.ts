import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from '#collectors/capture/index';
import { collectorContract } from '#test/collectors/contract';
import { fileHeader, pcapFile, request, response, talk } from './pcap.ts';

collectorContract({
  collector: capture,
  module: { path: '#collectors/capture/index', name: 'capture' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['.'] },
  bad: [
    { config: {}, names: 'paths' },
    { config: { paths: [] }, names: 'paths' },
    { config: { paths: [''] }, names: 'paths' },
    { config: { paths: ['a.pcap'], keylogs: 'x' }, names: 'keylogs' },
  ],
  missing: { paths: ['away.pcap'] },
  breakable: 'shop.pcap',
  secrets: ['s3cr3t-bearer-77', 'c00kie-88', 'q-secret-41', 'hunter2-99', 'ann.private'],
  long: async (folder, megabytes) => {
    const path = join(folder, `long-${megabytes}.pcap`);
    const file = await open(path, 'w');
    await file.write(fileHeader());
    for (let written = 0, i = 0; written < megabytes * 1_000_000; i++) {
      const turns = Array.from({ length: 20 }, (_, n) => [
        request('GET', `/v1/orders/${i * 20 + n}`),
        response(200, 'x'.repeat(3_000)),
      ]).flat();
      const [clientPort, at] = [1_024 + (i % 60_000), Date.UTC(2026, 0, 1) + i * 50];
      // Every other connection lacks a packet, and stays open.
      const frames = talk(turns, { clientPort, at, closes: i % 2 === 0 }).filter((_, n) => i % 2 === 0 || n !== 7);
      written += (await file.write(pcapFile(frames).subarray(24))).bytesWritten;
    }
    await file.close();
    return { paths: [path] };
  },
});
