import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pcapFile, request, response, talk } from '#test/collectors/capture/pcap';
import { emptyFolder, remove } from './folder.ts';
import { noontide } from './small.ts';

let folder: string;
beforeEach(async () => {
  folder = await emptyFolder();
  const turns = [1, 2, 3].flatMap((i) => [request('GET', `/v1/orders/${i}`), response(200, '{}')]);
  const frames = talk(turns);
  // Each file ends behind a request.
  const ends = frames.flatMap(({ data }, i) => (data.includes('GET /v1') ? [i + 1] : []));
  for (const [i, from] of [0, ...ends].entries()) {
    await writeFile(join(folder, `edge.pcap${i}`), pcapFile(frames.slice(from, ends[i] ?? frames.length)));
  }
});
afterEach(() => remove(folder));

test('calls that lie in two files of a rotation are whole in the inventory', async () => {
  const scanned = await noontide(['scan', '.', '--db', 'noontide.db', '--json'], folder);
  expect([scanned.code, scanned.err.includes('without an answer')]).toEqual([0, false]);
  const { out } = await noontide(['list', '--json', '--db', 'noontide.db'], folder);
  const { endpoints } = JSON.parse(out) as { endpoints: { path: string; calls: number }[] };
  expect(endpoints.map(({ path, calls }) => [path, calls])).toEqual([['/v1/orders/{integer}', 3]]);
});

test('exchanges name the file in which a call began', async () => {
  const { code, out, err } = await noontide(['exchanges', '.', '--raw'], folder);
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => /(\S+ )?#\d+ .*(?:GET \S+ {2}\d+)/.exec(line)?.[0].split('  ')[0])).toEqual([
    'edge.pcap0 #4',
    'edge.pcap1 #4',
    'edge.pcap2 #4',
    undefined,
  ]);
  expect(err).toContain('edge.pcap1: 4 packets');
  const json = await noontide(['exchanges', '.', '--json'], folder);
  expect(JSON.parse(json.out.split('\n')[1]!)).toMatchObject({ ref: 4, file: 'edge.pcap1', status: 200 });
});
