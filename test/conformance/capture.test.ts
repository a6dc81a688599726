import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newReading, readExchanges } from '#collectors/capture/exchanges';
import { formatOf } from '#collectors/capture/input/format';
import type { Exchange } from '#collectors/traffic/exchange';

interface Request {
  protocol: string;
  method: string | null;
  host: string | null;
  path: string | null;
  status: number | null;
}

interface Listed {
  name: string;
  repo: string;
  requests: Request[];
}

const folder = join(process.env['NOONTIDE_SHARED'] ?? '../shared', 'captures');
const present = existsSync(join(folder, 'truth.json'));
const truth: Listed[] = present ? JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) : [];
const classic = truth.filter(({ name }) => formatOf(readFileSync(join(folder, name)).subarray(0, 24)) === 'pcap');

/** Files whose requests lie in tunnels or links that are not looked into yet. */
const tunnels: Record<string, string> = {
  'gen__vxlan.pcap': 'VXLAN',
  'nDPI__6in4tunnel.pcap': '6in4',
  'suricata-verify__bug-4810__pppoe-session-http.pcap': 'PPPoE',
  'suricata-verify__vxlan-non-zero-reserved-fields__input.pcap': 'VXLAN',
  'zeek__erspan.pcap': 'ERSPAN in GRE',
  'zeek__tunnels__ayiya3.pcap': 'AYIYA over UDP',
  'zeek__tunnels__geneve-many-options.pcap': 'Geneve',
  'zeek__tunnels__gre-aruba.pcap': 'Aruba GRE',
  'zeek__tunnels__gre-over-udp-4754.pcap': 'GRE over UDP',
};

interface Difference {
  because: string;
  /** Requests that the truth has and we do not, and the other way round. */
  missing?: string[];
  extra?: string[];
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
  'suricata-verify__http-connect__http-connect-simple__input.pcap': {
    because: 'the request is inside a CONNECT tunnel',
    missing: ['GET - / -'],
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

async function read(path: string): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for await (const exchange of readExchanges(path, new AbortController().signal)) exchanges.push(exchange);
  return exchanges;
}

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
const asked = (file: Listed): Listed => ({
  ...file,
  requests: file.requests.filter(({ protocol, method }) => protocol === 'http/1' && method !== null),
});

describe.skipIf(!present)('real captures', () => {
  let wanted = 0;
  let missed = 0;
  let found = 0;
  let extras = 0;

  test.each(classic.map((file) => [file.name, file] as const))('%s', async (name, file) => {
    const wants = asked(file);
    const exchanges = await read(join(folder, name));
    const { missing, extra } = compare(wants, exchanges);
    if (name in tunnels) {
      expect(extra).toEqual([]);
      return;
    }
    wanted += wants.requests.length;
    missed += missing.length;
    found += exchanges.length;
    extras += extra.length;
    const expected = differences[name];
    expect(missing.sort()).toEqual((expected?.missing ?? []).toSorted());
    expect(extra.sort()).toEqual((expected?.extra ?? []).toSorted());
  });

  test('nearly every request is found with its host, path and status, and nearly nothing else', () => {
    const recall = 1 - missed / wanted;
    const precision = 1 - extras / found;
    console.log({ files: classic.length, wanted, found, recall, precision });
    expect(wanted).toBeGreaterThan(900);
    expect(recall).toBeGreaterThanOrEqual(0.975);
    expect(precision).toBeGreaterThanOrEqual(0.985);
  });
});

describe.skipIf(!present)('broken captures', () => {
  let path: string;
  let seed = 20_260_102;
  /** Park and Miller's generator: the same mutants in every run. */
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  beforeAll(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'noontide-mutants-')), 'mutant.pcap');
  });
  afterAll(() => rm(join(path, '..'), { recursive: true, force: true }));

  test('are read to some end, without an exception and in bounded memory', async () => {
    const before = process.memoryUsage().rss;
    let mutants = 0;
    let most = 0;
    for (const { name } of classic) {
      const whole = await readFile(join(folder, name));
      for (let round = 0; round < (whole.length > 200_000 ? 4 : 16); round++) {
        const broken = Buffer.from(round % 2 === 0 ? whole : whole.subarray(0, random(whole.length)));
        const flips = round % 2 === 0 || round % 3 === 0 ? 1 + random(32) : 0;
        for (let i = 0; i < flips && broken.length > 0; i++) broken[random(broken.length)] = random(256);
        await writeFile(path, broken);
        const reading = newReading();
        for await (const { method, status, at, ref } of readExchanges(path, new AbortController().signal, reading)) {
          expect(method).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/);
          expect(status === 0 || (status >= 100 && status <= 999)).toBe(true);
          expect(at).toBeGreaterThanOrEqual(0);
          expect(ref >= 1 && ref <= reading.tally.packets).toBe(true);
        }
        mutants++;
        most = Math.max(most, process.memoryUsage().rss - before);
      }
    }
    console.log({ mutants, megabytes: Math.round(most / 1_048_576) });
    expect(mutants).toBeGreaterThan(4_000);
    expect(most).toBeLessThan(400 * 1_048_576);
  });
});
