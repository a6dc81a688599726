import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spec } from '#collectors/spec/index';
import { collectorContract } from '#test/collectors/contract';

const maxBytes = 1_048_576;

collectorContract({
  collector: spec,
  module: { path: '#collectors/spec/index', name: 'spec' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['.'], maxBytes },
  bad: [
    { config: {}, names: 'paths' },
    { config: { paths: [] }, names: 'paths' },
    { config: { paths: [''] }, names: 'paths' },
    { config: { paths: ['a.yaml'], maxBytes: 'much' }, names: 'maxBytes' },
    { config: { paths: ['a.yaml'], folder: 'b' }, names: 'folder' },
  ],
  missing: { paths: ['missing.yaml', 'missing/*.json'], maxBytes },
  breakable: 'orders.yaml',
  secrets: [
    'hunter2pass',
    'eyJhbGciOiJIUzI1NiJ9',
    'jane.roe@mail.example',
    'ops@shop.example',
    's3cr3t-voucher-9f8e7d6c',
    '4111111111111111',
  ],
  async long(folder, megabytes) {
    const into = join(folder, `specs-${megabytes}`);
    await rm(into, { recursive: true, force: true });
    await mkdir(into);
    for (let i = 0; i < megabytes * 4; i++) await writeFile(join(into, `api-${i}.json`), quarterMegabyte(i));
    return { paths: [into], maxBytes };
  },
});

function quarterMegabyte(number: number): string {
  const operation = {
    summary: 'One of many operations, described at some length so that a document is of a common size',
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
    responses: { 200: { description: 'Well' }, 404: { description: 'No such thing' } },
  };
  const length = JSON.stringify(operation).length + 20;
  const paths: Record<string, object> = {};
  for (let i = 0; i < 262_144 / length; i++) paths[`/things-${i}/{id}`] = { get: operation };
  return JSON.stringify({ openapi: '3.0.3', info: { title: `API ${number}`, version: '1' }, paths });
}
