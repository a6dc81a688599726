import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maskedHost, maskedTarget, maskedWord } from '#cli/text/target';
import { pcapFile, request, response, talk } from '#test/collectors/capture/pcap';
import { emptyFolder, remove } from './folder.ts';
import { noontide, type Ran, shell, smallCapture } from './small.ts';

let folder: string;
const run = (...args: string[]): Promise<Ran> => noontide(['exchanges', ...args], folder);

beforeAll(async () => {
  folder = await emptyFolder();
  await writeFile(join(folder, 'edge.pcap'), smallCapture);
  await writeFile(join(folder, 'cut.pcap'), smallCapture.subarray(0, smallCapture.length - 3));
  await writeFile(join(folder, 'openapi.yaml'), 'openapi: 3.1.0\n');
  const odd = [request('GET', '/\x1b[31m', 'odd\u009b.example'), response(200)];
  await writeFile(join(folder, 'odd.pcap'), pcapFile(talk(odd)));
});
afterAll(() => remove(folder));

describe('exchanges', () => {
  test('a line each, without values; what else there was goes to the other stream', async () => {
    const { code, out, err } = await run('edge.pcap');
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split('  ').slice(0, 5)),
    ).toEqual([
      ['2026-01-02T03:04:05.009Z #4', '10.0.0.1 → api.example.com', 'http/1.1', 'GET /orders?limit=…&token=…', '200'],
      ['2026-01-02T03:04:05.013Z #8', '10.0.0.1 → api.shop.example', 'http/1.1', 'POST /orders/…/invoice', '201'],
      ['2026-01-02T03:04:05.017Z #12', '10.0.0.1 → api.example.com', 'http/1.1', 'DELETE /orders/42', 'no answer'],
    ]);
    expect(err).toMatch(/^edge\.pcap: 16 packets, /);
    expect(out + err).not.toMatch(/s3cr3t|ann\.private/);
  });

  test('--json --raw: an object each, with targets as sent', async () => {
    const { code, out } = await run('--json', '--raw', 'edge.pcap');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.map(({ target, status }) => [target, status])).toEqual([
      ['/orders?limit=20&token=s3cr3t', 200],
      ['/orders/ann.private@mail.example/invoice', 201],
      ['/orders/42', null],
    ]);
    expect(lines[0]).toMatchObject({
      time: '2026-01-02T03:04:05.009Z',
      ref: 4,
      client: '10.0.0.1',
      protocol: 'http',
      scheme: 'http',
      method: 'GET',
      host: 'api.example.com',
      responseLength: 13,
      calls: [],
      messages: null,
      marks: [],
    });
    const keys =
      'time ref file client protocol version scheme method host target status requestLength responseLength latency calls messages marks';
    for (const line of lines) expect(Object.keys(line)).toEqual(keys.split(' '));
  });

  test('several files, one of which is cut: all that can be read, and exit code 3', async () => {
    const { code, out, err } = await run('--json', 'cut.pcap', 'edge.pcap');
    expect(code).toBe(3);
    expect(out.trimEnd().split('\n')).toHaveLength(6);
    expect(err).toMatch(/^cut\.pcap \(partial\): .+\n {2}cut\.pcap: .+\nedge\.pcap: /);
  });

  test('what was captured does not reach the terminal as a command', async () => {
    const { out } = await run('--raw', 'odd.pcap');
    expect(out).not.toMatch(/[\x1b\x9b]/);
  });

  test.each([
    [['away.pcap'], 'there is no such file or folder'],
    [['openapi.yaml'], 'of no kind that can be read'],
    [[], "missing required argument 'file'"],
  ])('%j: exit code 2 and the reason', async (args, reason) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(reason);
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const { code, out, err } = await shell('noontide exchanges -q edge.pcap edge.pcap | head -n 1', folder);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toHaveLength(2);
  });
});

test.each([
  ['/v1/orders/42', '/v1/orders/42'],
  [
    '/v1/orders/8f0c2c1e-0f8b-4a55-9c6e-0a4f5be7a0f1?expand=lines',
    '/v1/orders/8f0c2c1e-0f8b-4a55-9c6e-0a4f5be7a0f1?expand=…',
  ],
  ['/a?b&c=&=d&&e=f=g', '/a?b&c=…&=…&&e=…'],
  ['/users/ann@mail.example', '/users/…'],
  ['/users/ann%40mail.example?x=1', '/users/…?x=…'],
  ['/reset/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '/reset/…'],
  ['/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '/reset/…'],
  ['/shop;jsessionid=A1B2C3/cart', '/shop;jsessionid=…/cart'],
  ['/cb?eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '/cb?…'],
  ['http://ann:secret@proxy.example/x?y=z', 'http://…@proxy.example/x?y=…'],
  ['ann:secret@db.example:443', '…'],
  ['/@scope/name', '/@scope/name'],
  ['*', '*'],
  ['', ''],
])('%s is shown as %s', (target, shown) => {
  expect(maskedTarget(target)).toBe(shown);
});

test('a method and a host are shown as sent, but for what is none of them', () => {
  expect(['GET', 'purge', 'aB3dE5fG7hI9jK1lMn'].map(maskedWord)).toEqual(['GET', 'purge', '…']);
  expect(['h:8080', 'ann:secret@h', ''].map(maskedHost)).toEqual(['h:8080', '…@h', '']);
});

test('whatever a target is, no value of its query is shown', () => {
  const value = fc.stringMatching(/^[0-9A-Za-z%+/=.@:-]{6,80}$/);
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 20 }), value, (path, name, secret) => {
      const target = `/${path.replaceAll('?', '')}?${name.replaceAll(/[&=]/g, '')}=${secret}`;
      const shown = maskedTarget(target);
      expect(shown.slice(shown.indexOf('?'))).not.toContain(secret);
    }),
  );
});
