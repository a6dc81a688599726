import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccesslogConfig, accesslog } from '#collectors/accesslog/index';
import { collect } from '#test/collectors/contract';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-accesslog-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const line = (path: string, status = 200, user = '-') =>
  `192.0.2.7 - ${user} [02/Mar/2026:12:00:00 +0000] "GET ${path} HTTP/1.1" ${status} 5 "-" "curl/8"`;

async function read(content: string | Uint8Array, more: Partial<AccesslogConfig> = {}, name = 'access.log') {
  await writeFile(join(root, name), content);
  const { sightings, reports } = await collect(accesslog, { paths: [name], ...more }, root);
  return { sightings, report: reports[0]! };
}

test('a success without a user is not called anonymous, a refusal says that somebody must be', async () => {
  const lines = [line('/open'), line('/users', 200, 'grace'), line('/users'), line('/closed', 401), line('/closed')];
  const { sightings } = await read(lines.join('\n'));
  const facts = new Map(sightings.map(({ path, facts }) => [path, facts]));
  expect(facts.get('/open')).toMatchObject({ credentialed: 0, anonymousSuccess: 0 });
  expect(facts.get('/open')?.auth).toBeUndefined();
  expect(facts.get('/users')).toMatchObject({
    credentialed: 1,
    anonymousSuccess: 0,
    auth: { required: 'unknown', mechanisms: ['other'] },
  });
  expect(facts.get('/closed')?.auth).toEqual({ required: 'yes', mechanisms: [] });
});

test('the host that is given is that of lines without one', async () => {
  const given = await read(`${line('/x')}\n`, { host: 'api.acme.example' });
  expect(given.sightings[0]?.servers).toEqual([{ host: 'api.acme.example', basePath: '' }]);
  const own = await read(`www.acme.example:443 ${line('/x')}\n`, { host: 'api.acme.example' });
  expect(own.sightings[0]?.service).toBe('www.acme.example');
  expect((await read(line('/x'))).sightings[0]?.servers).toEqual([]);
});

test('packed files are known by their magic; many members are one file', async () => {
  const text = `${line('/x')}\n${line('/y')}\n`;
  const plain = await read(text);
  expect(await read(gzipSync(text))).toEqual(plain);
  expect(await read(zstdCompressSync(text))).toEqual(plain);
  expect(await read(Buffer.concat([gzipSync(text), gzipSync(text)]))).toMatchObject({
    report: { saw: '4 lines (combined): 4 exchanges, 2 operations on 0 hosts' },
  });
});

test('a packed file that was cut gives what was in it', async () => {
  const packed = gzipSync(Array.from({ length: 9_000 }, (_, i) => `${line(`/x${(i * 7_919) % 9_000}`)}\n`).join(''));
  const { sightings, report } = await read(packed.subarray(0, packed.length / 2));
  expect(sightings.length).toBeGreaterThan(100);
  expect(report.saw).toMatch(/lines \(combined/);
});

test('a last line that is being written is told, and is no problem', async () => {
  const { report } = await read(`${line('/x')}\n192.0.2.7 - - [02/Ma`);
  expect(report).toMatchObject({ completeness: 'complete', problems: [] });
  expect(report.saw).toBe('1 line (combined; the last one cut): 1 exchange, 1 operation on 0 hosts');
});

test('a few lines of another format are told; more are a problem, with the place of the first', async () => {
  const strange = Array.from({ length: 3 }, () => 'starting worker');
  const few = await read([line('/x'), ...strange, line('/x'), ''].join('\n'));
  expect(few.report).toMatchObject({ completeness: 'complete', problems: [] });
  expect(few.report.saw).toMatch(/^5 lines \(combined; 3 of another format\): 2 exchanges/);
  const more = await read([line('/x'), ...strange, 'and another', ''].join('\n'));
  expect(more.report).toMatchObject({
    completeness: 'partial',
    problems: [{ message: '4 lines of another format left out (the first is line 2)', where: 'access.log' }],
  });
  expect(more.sightings).toHaveLength(1);
});

test('a format that changes within a file is followed', async () => {
  const lines = [
    ...Array.from({ length: 9 }, () => line('/a')),
    ...Array.from({ length: 9 }, () => `a.example ${line('/b')}`),
  ];
  const { report } = await read(lines.join('\n'));
  expect(report.saw).toBe('18 lines (combined and vhost_combined): 18 exchanges, 2 operations on 1 host');
});

test.each([
  ['{"name":"x"}\n', 'JSON with other keys'],
  ['2026/03/02 12:00:00 [error] 7#7: *1 failed\n', "a server's error log"],
  ['\xd4\xc3\xb2\xa1\x02\x00', 'a packet capture'],
  ['#separator \\x09\n', 'a log of Zeek'],
  ['192.0.2.7 x [2 March] "GET / HTTP/1.1" 200\n', 'fields of their own'],
  [`${'x'.repeat(100_000)}\n`, 'nothing of what it begins with is known'],
])('%j is refused with what it seems to be', async (text, seems) => {
  const { report, sightings } = await read(Buffer.from(text, 'latin1'));
  expect(sightings).toEqual([]);
  expect(report.completeness).toBe('failed');
  expect(report.problems[0]?.message).toContain(seems);
  expect(report.problems[0]?.mend).toContain('give the format');
});

test('an empty log says so', async () => {
  expect((await read('')).report).toMatchObject({ completeness: 'complete', saw: '0 lines: nothing was logged' });
});

test('of a folder, rotated logs are read and error logs are not', async () => {
  const folder = await realpath(await mkdtemp(join(root, 'logs-')));
  for (const name of ['access.log', 'access.log.1', 'other_vhosts_access.log-20260302', 'error.log', 'notes.txt'])
    await writeFile(join(folder, name), line('/x'));
  await writeFile(join(folder, 'access.log.2.gz'), gzipSync(line('/x')));
  const { reports } = await collect(accesslog, { paths: ['.'] }, folder);
  expect(reports.map(({ scope }) => scope)).toEqual([
    'access.log',
    'access.log.1',
    'access.log.2.gz',
    'other_vhosts_access.log-20260302',
  ]);
});
