import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '#collectors/traffic/exchange';
import { readCapture } from './reading.ts';

interface Request {
  method: string | null;
  host: string | null;
  path: string | null;
  status: number | null;
}

interface Listed {
  name: string;
  repo: string;
  /** A file with the secrets of its TLS connections. */
  keylog?: string;
  requests: Request[];
}

const folder = join(process.env['NOONTIDE_SHARED'] ?? '../shared', 'captures');
const present = existsSync(join(folder, 'truth.json'));
const truth: Listed[] = present ? JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) : [];

interface Difference {
  because: string;
  /** Requests that the truth has and we do not, and the other way round. */
  missing?: string[];
  extra?: string[];
  /** They are in the bytes, and we do not find them: these count against us. */
  ours?: true;
}

const evader = 'suricata-verify__http-evader__http-evader-';
const evaded = (path: string, status: number, because: string): Difference => {
  const what = `GET evader.example.com /${path}`;
  return { because, missing: [`${what} ${status}`], extra: [`${what} 0`] };
};

/** Where we and the truth differ, and who is right by the bytes. */
const differences: Record<string, Difference> = {
  'zeek__http__261__variant-09-te_obs_fold.pcap': {
    because:
      'the folded value of Transfer-Encoding is chunked (RFC 9112, 5.2), so behind the chunk of size 0 a request begins',
    extra: ['GET target /smuggled-obsfold 0'],
  },
  'zeek__http__methods.pcap': {
    because:
      'the request lines are "OPTIONS HTTP/1.1", "OPTIONS" and "GET /HTTP/1.1": without a target or a version they are no HTTP/1',
    missing: [
      'OPTIONS www.google.com HTTP/1.1 400',
      'OPTIONS www.google.com  400',
      'GET www.google.com /HTTP/1.1 403',
      ...['CCM_POST', 'CONNECT', 'TRACE', 'DELETE', 'HEAD'].map((method) => `${method} www.google.com /HTTP/1.1 400`),
      ...['PUT', 'POST'].map((method) => `${method} www.google.com /HTTP/1.1 411`),
    ],
  },
  'nDPI__http-manipulated.pcap': {
    because: 'many spaces stand between method and target; tshark takes the target for empty',
    missing: ['GET www.lan:8080  200'],
    extra: ['GET www.lan:8080 /aaaaaaaaaaaaaaaaaaaaaaaa_very_long_uri 200'],
  },
  'nDPI__soap.pcap': {
    because: 'packet 6 repeats packet 5 with another port, 4176: by its bytes a request of a connection of its own',
    extra: ['POST go.microsoft.com /fwlink/?LinkID=252669&clcid=0x409 0'],
  },
  'suricata-verify__http2-deflate-case__input.pcap': {
    because:
      'the request asks for an upgrade to HTTP/2, whose stream 1 answers it (RFC 7540, 3.2): 101 is only the way there',
    missing: ['GET 127.0.0.1:8080 / 101'],
    extra: ['GET 127.0.0.1:8080 / 200'],
  },
  'suricata-verify__http2-errorcode__input.pcap': {
    because:
      'the CONNECT tunnel of port 8888 carries a call of HTTP/2, and so does the connection to port 6233 behind it',
    extra: Array.from({ length: 2 }, () => 'POST 127.0.0.1:6233 /helloworld.GreeterService/SayHello 200'),
  },
  [`${evader}391__input.pcap`]: evaded(
    'broken/eicar.txt/status%3AHTTP/1%5C000.1%28space%29200%28space%29ok;chunked',
    200,
    'a NUL stands inside the version of the status line',
  ),
  [`${evader}392__input.pcap`]: evaded(
    'broken/eicar.txt/status%3AHTTP/1.1%5C000%28space%29200%28space%29ok;chunked',
    200,
    'a NUL stands behind the version of the status line',
  ),
  [`${evader}393__input.pcap`]: evaded(
    'broken/eicar.txt/status%3AHTTP/1.1%28space%292%5C00000%28space%29ok;chunked',
    2,
    'a NUL stands inside the status',
  ),
  [`${evader}471__input.pcap`]: evaded('broken/eicar.txt/2000', 200, 'the status is 2000'),
  [`${evader}478__input.pcap`]: evaded('broken/eicar.txt/2040', 204, 'the status is 2040'),
  'gen__loss.pcap': {
    because:
      'the truth is the generator’s; the packets with these heads are not in the file (of two requests, and of two answers)',
    missing: [
      'POST reports.svc.cluster.local:8080 /api/v2/products 304',
      'GET shipping.api.example.com /api/v1/products/c0289674-e48c-4006-a846-1c7b5fe3d021/scores?limit=72&cursor=0ee822082040&since=2026-05-18T19%3A17%3A15.633Z 403',
      'GET search.svc.cluster.local:8080 /api/v2beta1/devices?limit=98&cursor=04865b071bcc&since=2026-04-01T23%3A26%3A58.368Z 200',
      'GET reports.svc.cluster.local:8080 /api/v2/products?limit=86&cursor=6d6cf31bee51 200',
    ],
    extra: [
      'GET search.svc.cluster.local:8080 /api/v2beta1/devices?limit=98&cursor=04865b071bcc&since=2026-04-01T23%3A26%3A58.368Z 0',
      'GET reports.svc.cluster.local:8080 /api/v2/products?limit=86&cursor=6d6cf31bee51 0',
    ],
  },
};

const pathOf = (target: string) => target.replace(/^[a-z]+:\/\/[^/]*/i, '');

/**
 * Pairs requests one to one, those with the fullest word first. Where tshark gives no host (there is no Host field) any is right; where
 * it gives no status (it stops at a gap, or reads the answer's body wrongly) too, except in the files whose truth is known.
 */
function compare({ repo, requests }: Listed, exchanges: readonly Exchange[]) {
  const left = [...exchanges];
  const missing: string[] = [];
  const known = (request: Request) => Number(request.status !== null) + Number(request.host !== null);
  for (const request of requests.toSorted((a, b) => known(b) - known(a))) {
    const at = left.findIndex(
      ({ method, host, target, status }) =>
        method === request.method &&
        pathOf(target) === pathOf(request.path ?? '') &&
        (request.host === null || host === request.host) &&
        ((request.status === null && repo !== 'made') || status === (request.status ?? 0)),
    );
    if (at >= 0) left.splice(at, 1);
    else missing.push(`${request.method} ${request.host ?? '-'} ${request.path} ${request.status ?? '-'}`);
  }
  return { missing, extra: left.map(({ method, host, target, status }) => `${method} ${host} ${target} ${status}`) };
}

/** tshark lists answers whose request was cut out of the packets as requests without a method. */
const asked = (file: Listed): Listed => ({ ...file, requests: file.requests.filter(({ method }) => method !== null) });

describe.skipIf(!present)('real captures', () => {
  let wanted = 0;
  let missed = 0;
  let found = 0;
  let extras = 0;

  test.each(truth.map((file) => [file.name, file] as const))('%s', async (name, file) => {
    const wants = asked(file);
    const keylog = file.keylog === undefined ? undefined : join(folder, file.keylog);
    const { exchanges } = await readCapture(join(folder, name), keylog);
    const { missing, extra } = compare(wants, exchanges);
    const expected = differences[name];
    const theirs = expected !== undefined && expected.ours !== true;
    // What the bytes do not hold, the truth is wrong about.
    wanted += wants.requests.length - (theirs ? (expected.missing ?? []).length : 0);
    missed += theirs ? 0 : missing.length;
    found += exchanges.length;
    extras += theirs ? 0 : extra.length;
    expect(missing.sort()).toEqual((expected?.missing ?? []).toSorted());
    expect(extra.sort()).toEqual((expected?.extra ?? []).toSorted());
  });

  test('nearly every request is found with its host, path and status, and nearly nothing else', () => {
    const recall = 1 - missed / wanted;
    const precision = 1 - extras / found;
    console.log({ files: truth.length, wanted, found, recall, precision });
    expect(truth.length).toBe(382);
    expect(wanted).toBeGreaterThan(1_150);
    expect(recall).toBeGreaterThanOrEqual(0.995);
    expect(precision).toBeGreaterThanOrEqual(0.995);
  });
});
