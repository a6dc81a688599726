import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Declared, declaredFormats } from '#collectors/accesslog/declared';
import type { Exchange } from '#collectors/traffic/exchange';
import { carried } from '#collectors/traffic/log/carrier';
import type { NoExchange } from '#collectors/traffic/log/format';

function formatsOf(declared?: Declared, zone = 0) {
  const formats = declaredFormats(declared, { host: '', zone });
  if (typeof formats === 'string') throw new Error(formats);
  return formats;
}

function read(line: string, declared?: Declared, zone = 0): [name: string, read: Exchange | NoExchange] {
  const bytes = Buffer.from(line).toString('latin1');
  for (const format of formatsOf(declared, zone)) {
    const found = format.read(carried(bytes) ?? bytes, 1);
    if (found !== 'foreign') return [format.name, found];
  }
  return ['', 'foreign'];
}

const noon = Date.UTC(2026, 2, 2, 12, 0, 0);
const agent = (name: string) => new Map([['user-agent', name]]);

describe('lines that need no declaration', () => {
  test.each<[string, string, Partial<Exchange>]>([
    [
      'common',
      '192.0.2.7 - frank [02/Mar/2026:12:00:00 +0000] "GET /a.gif HTTP/1.0" 200 2326',
      {
        at: noon,
        method: 'GET',
        target: '/a.gif',
        status: 200,
        responseLength: 2_326,
        client: '192.0.2.7',
        version: '1.0',
        mechanisms: ['other'],
        headersSeen: false,
      },
    ],
    [
      'combined',
      '2001:db8::7 - - [02/Mar/2026:13:00:00 +0100] "POST /v1/x?a=%20b HTTP/2.0" 201 - "https://a.example/" "agent (x; y) \\"z\\""',
      {
        at: noon,
        method: 'POST',
        target: '/v1/x?a=%20b',
        responseLength: null,
        client: '2001:db8::7',
        version: '2',
        requestHeaders: agent('agent (x; y) "z"'),
      },
    ],
    [
      'combined',
      '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET /caf\\xC3\\xA9/\\x22 HTTP/1.1" 200 5 "-" "-" "203.0.113.9" 0.004',
      { target: '/café/"', requestHeaders: new Map() },
    ],
    [
      'vhost_combined',
      'api.acme.example:8443 192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"',
      { host: 'api.acme.example:8443', client: '192.0.2.7', requestHeaders: agent('curl/8') },
    ],
    [
      'vhost_combined',
      'api.acme.example 192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"',
      { host: 'api.acme.example', client: '192.0.2.7' },
    ],
    [
      'ingress-nginx',
      '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 413 "-" "curl/8" 77 0.004 [shop-api-80] [] 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 0, 12 : 3 0.001, 0.002 : 0.001 502, 504 : 200 0123456789abcdef',
      { status: 200, latency: 4, requestHeaders: agent('curl/8') },
    ],
    [
      'envoy',
      '[2026-03-02T12:00:00.250Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "203.0.113.9,10.0.35.28" "a "quoted" agent" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations.example:8080" "10.0.2.1:80"',
      {
        at: noon + 250,
        method: 'POST',
        host: 'locations.example:8080',
        requestLength: 154,
        responseLength: 0,
        latency: 226,
        client: '203.0.113.9',
        version: '2',
        requestHeaders: agent('a "quoted" agent'),
      },
    ],
    [
      'istio',
      '[2026-03-02T12:00:00.250Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4 "-" "curl/7.73" "84961386" "httpbin:8000" "10.44.1.27:80" outbound|8000||httpbin.foo.svc.cluster.local 10.44.1.23:37652 10.0.45.184:8000 10.44.1.23:46520 - default',
      { status: 418, host: 'httpbin:8000', client: '10.44.1.23', responseLength: 135 },
    ],
    [
      'haproxy',
      'Mar  2 12:00:00 lb1 haproxy[14389]: 192.0.2.7:33317 [02/Mar/2026:12:00:00.655] web~ api/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {api.acme.example|a b} {} "GET /index.html?x#23 HTTP/1.1"',
      { at: noon + 655, target: '/index.html?x#', latency: 109, client: '192.0.2.7' },
    ],
    [
      'haproxy',
      '192.0.2.7:33317 [02/Mar/2026:12:00:00.655] web api/srv1 10/0/30/69/109 503 2750 - - SC-- 1/1/1/1/0 0/0 "GET / HTTP/1.1"',
      { status: 503 },
    ],
    [
      'traefik',
      '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET /whoami HTTP/1.1" 200 413 "-" "curl/8" 7 "web@docker" "http://172.18.0.3:80" 2ms',
      { latency: 2, responseLength: 413 },
    ],
    [
      'traefik',
      '{"ClientAddr":"192.0.2.7:4000","ClientHost":"192.0.2.7","ClientUsername":"-","DownstreamContentSize":5,"DownstreamStatus":200,"Duration":2500000,"RequestAddr":"api.acme.example","RequestHost":"api.acme.example","RequestMethod":"GET","RequestPath":"/x?y","RequestProtocol":"HTTP/1.1","RequestScheme":"https","StartUTC":"2026-03-02T12:00:00.25Z","time":"2026-03-02T12:00:01Z"}',
      {
        at: noon + 250,
        scheme: 'https',
        host: 'api.acme.example',
        target: '/x?y',
        latency: 2.5,
        responseLength: 5,
        client: '192.0.2.7',
      },
    ],
    [
      'caddy',
      '{"level":"info","ts":1772452800.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"api.acme.example","uri":"/x","headers":{"Cookie":[],"Accept":["a","b"]},"tls":{"version":772}},"duration":"1.5ms","size":5,"status":200,"resp_headers":{}}',
      {
        at: noon + 250,
        scheme: 'https',
        version: '2',
        latency: 1.5,
        headersSeen: false,
        requestHeaders: new Map([['accept', 'a, b']]),
      },
    ],
    [
      'envoy',
      '{"start_time":"2026-03-02T12:00:00.250Z","method":"GET","path":"/x","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","bytes_sent":5,"bytes_received":0,"duration":7,"authority":"api.acme.example","user_agent":"curl/8","downstream_remote_address":"192.0.2.7:4000"}',
      { host: 'api.acme.example', latency: 7, client: '192.0.2.7' },
    ],
    [
      'json',
      '{"@timestamp":"2026-03-02T12:00:00Z","http":{"request":{"method":"GET"},"response":{"status_code":200}},"url":{"path":"/x","query":"a=1","domain":"api.acme.example"},"event":{"duration":2500000},"source":{"ip":"192.0.2.7"}}',
      { at: noon, host: 'api.acme.example', target: '/x?a=1', latency: 2.5 },
    ],
    [
      'json',
      '{"log":"{\\"time\\":\\"2026-03-02T12:00:00Z\\",\\"request\\":\\"GET /x HTTP/1.1\\",\\"status\\":200,\\"request_time\\":0.25}\\n","stream":"stdout","time":"2026-03-02T12:00:01Z"}',
      { at: noon, target: '/x', latency: 250 },
    ],
    [
      'combined',
      '2026-03-02T12:00:00.123456789Z stdout F 192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 5 "-" "curl/8"',
      { target: '/x' },
    ],
    [
      'combined',
      '<190>1 2026-03-02T12:00:00Z web nginx 77 - [a@1 b="c"] 192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 5 "-" "curl/8"',
      { target: '/x' },
    ],
  ])('%s: %s', (name, line, expected) => {
    const [by, found] = read(line);
    expect(by).toBe(name);
    expect(found).toMatchObject(expected);
  });

  test('W3C, with a heading', () => {
    const [format] = formatsOf('w3c');
    expect(format!.read('#Software: Microsoft Internet Information Services 10.0', 1)).toBe('aside');
    const names =
      'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Host) sc-status time-taken';
    expect(format!.read(`#Fields: ${names}`, 2)).toBe('aside');
    expect(
      format!.read(
        '2026-03-02 12:00:00 10.0.0.1 GET /x a=1 8080 ACME\\grace 192.0.2.7 curl/8+(x) api.acme.example 200 15',
        3,
      ),
    ).toMatchObject({
      at: noon,
      target: '/x?a=1',
      host: 'api.acme.example:8080',
      latency: 15,
      mechanisms: ['other'],
      requestHeaders: agent('curl/8 (x)'),
    });
    expect(format!.read('2026-03-02 12:00:00', 4)).toBe('foreign');
  });
});

describe('declared formats', () => {
  test.each<[Declared, string, Partial<Exchange>]>([
    [
      `log_format main '$remote_addr [$time_iso8601] "$request" '\n  "$status $http_host $request_time";`,
      '192.0.2.7 [2026-03-02T12:00:00+00:00] "GET /x HTTP/1.1" 200 api.acme.example 0.250',
      { at: noon, host: 'api.acme.example', latency: 250 },
    ],
    [
      'escape=json {"t":$msec,"m":"$request_method","u":"$uri$is_args$args","s":$status,"l":"$scheme"}',
      '{"t":1772452800.250,"m":"GET","u":"/a\\"b?c=1","s":200,"l":"https"}',
      { at: noon + 250, scheme: 'https', target: '/a"b?c=1' },
    ],
    ['$time_local|$request|$status', '02/Mar/2026:12:00:00 +0000|GET /x|200', { target: '/x' }],
    [
      'LogFormat "%h %l %u %t \\"%r\\" %>s %b %D" timed',
      '192.0.2.7 - grace [02/Mar/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 5 2500',
      { latency: 2.5, mechanisms: ['other'] },
    ],
    [
      '%{%s}t %V:%p %m %U%q %s %{ms}T %{X-Forwarded-For}i',
      '1772452800 a.example:81 GET /x?y=1 200 7 203.0.113.9',
      { at: noon, host: 'a.example:81', target: '/x?y=1', latency: 7, client: '203.0.113.9' },
    ],
    [
      'log-format "%ci [%T] %HM %HP%HQ %ST %Ta %[req.hdr(host)] %sslv"',
      '192.0.2.7 [02/Mar/2026:12:00:00 +0000] GET /x?y=1 200 7 a.example TLSv1.3',
      { host: 'a.example', scheme: 'https', target: '/x?y=1' },
    ],
    ['%Ts %{+Q}r %ST', '1772452800 "GET /x HTTP/1.1" 200', { at: noon }],
    [
      '[%START_TIME(%s)%] %REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %REQ(X-FORWARDED-PROTO)%',
      '[1772452800] GET /x 200 https',
      { at: noon, scheme: 'https' },
    ],
    [
      { at: '$time_iso8601', 'req.line': '$request', code: '$status', took: '$request_time' },
      '{"at":"2026-03-02T12:00:00Z","req":{"line":"GET /x HTTP/1.1"},"code":"200","took":"0.25"}',
      { at: noon, latency: 250 },
    ],
    [
      { at: '%START_TIME%', m: '%REQ(:METHOD)%', p: '%REQ(:PATH)%', s: '%RESPONSE_CODE%' },
      '{"at":"2026-03-02T12:00:00Z","m":"GET","p":"/x","s":200}',
      { at: noon, status: 200 },
    ],
  ])('%s', (declared, line, expected) => {
    expect(read(line, declared)[1]).toMatchObject(expected);
  });

  test('times of HAProxy have the zone that is given', () => {
    expect(
      read('192.0.2.7 [02/Mar/2026:14:00:00.000] "GET / HTTP/1.1" 200', '%ci [%tr] %{+Q}r %ST', 120)[1],
    ).toMatchObject({ at: noon });
  });

  test.each<[Declared, string]>([
    ['combinedd', 'neither a name'],
    ['$status $request', 'no time'],
    ['$time_local $status', 'neither a request line nor a method'],
    ['$time_local $request_method $status', 'no path'],
    ['$time_local$request', 'two fields'],
    ['%t %r %Ö', 'neither'],
    ['%t %r %ZZ', 'neither'],
    [{ a: 'plain' }, 'a: neither'],
    [{ a: '$status $host' }, 'not one variable'],
    [{ a: '$status' }, 'no time'],
  ])('%j is refused', (declared, reason) => {
    expect(declaredFormats(declared, { host: '', zone: 0 })).toContain(reason);
  });

  test('any declaration is read or refused, and never throws, whatever the line', () => {
    const part = fc.constantFrom(
      '$time_local',
      '$request',
      '$status',
      '%t',
      '%r',
      '%>s',
      '%ci',
      '%ST',
      '%START_TIME%',
      '%REQ(',
      '%{',
      '}i',
      '"',
      ' ',
      '[',
      ']',
      '\\',
      '%',
      '$',
      'log_format x ',
      'LogFormat "',
      'log-format ',
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.string({ maxLength: 80 }), (declared, line) => {
        const formats = declaredFormats(declared, { host: '', zone: 0 });
        if (typeof formats !== 'string') for (const format of formats) format.read(line, 1);
      }),
    );
  });
});

describe('no exchanges', () => {
  test.each([
    '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "-" 408 0 "-" "-"',
    '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "" 400 0 "-" "-"',
    '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "\\x16\\x03\\x01" 400 0 "-" "-"',
    '192.0.2.7:33317 [02/Mar/2026:12:00:00.655] web web/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  ])('%s has no request', (line) => expect(read(line)[1]).toBe('unasked'));

  test.each([
    '',
    'plain text',
    '2026/03/02 12:00:00 [error] 7#7: *1 open() "/x" failed (2: No such file or directory)',
    '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 2000 0 "-" "-"',
    '192.0.2.7 - - [yesterday] "GET / HTTP/1.1" 200 0 "-" "-"',
    '192.0.2.7 - - [02/Mar/2026:12:00:00 +0000] "GET / HT',
    '{"name":"noontide","version":"0.1.0"}',
    '{"status":200}',
    '[1,2]',
  ])('%s is of another format', (line) => expect(read(line)[1]).toBe('foreign'));

  test('any line is read or not, and never throws', () => {
    const unit = fc.constantFrom(
      '192.0.2.7',
      ' ',
      '-',
      '[',
      ']',
      '"',
      '02/Mar/2026:12:00:00 +0000',
      'GET / HTTP/1.1',
      '200',
      '{',
      '}',
      ':',
      '\\',
      ',',
      '\x00',
      'é',
    );
    const formats = formatsOf();
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (line) => {
        for (const format of formats) format.read(line, 1);
        carried(line);
      }),
    );
  });
});
