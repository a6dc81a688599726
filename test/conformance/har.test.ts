import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { har } from '#collectors/har/index';
import { collect } from '#test/collectors/contract';

const peers = resolve(process.env['NOONTIDE_SHARED'] ?? '../shared', 'peers');
const files = readdirSync(peers, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.har'));

test('there are archives of other tools', () => expect(files.length).toBeGreaterThanOrEqual(7));

test.each(files)('%s is read completely, with as many entries as a parser finds', async (path) => {
  const document = JSON.parse(readFileSync(join(peers, path), 'utf8')) as {
    log: { entries: { request: { url: string } }[] };
  };
  const { sightings, reports } = await collect(har, { paths: [path] }, peers);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({ completeness: 'complete', problems: [] });
  const { entries } = document.log;
  expect(reports[0]?.saw).toMatch(new RegExp(`^${entries.length} entr(?:y|ies): ${entries.length} exchanges?, `));
  const hosts = new Set(entries.map(({ request }) => new URL(request.url).host));
  expect(new Set(reports[0]?.covers.hosts)).toEqual(hosts);
  expect(new Set(sightings.map(({ service }) => service))).toEqual(hosts);
});
