import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declaredFormats } from '#collectors/accesslog/declared';
import { accesslog } from '#collectors/accesslog/index';
import type { Exchange } from '#collectors/traffic/exchange';
import { EncryptedHosts } from '#collectors/traffic/log/encrypted';
import { jsonSplitter } from '#collectors/traffic/log/json-splitter';
import { readLog } from '#collectors/traffic/log/read';
import { collect } from '#test/collectors/contract';
import { type Asked, configured, installed, logOf, type Server } from './servers.ts';

const long = `/long/${'x'.repeat(1_000)}`;
const asked: Asked[] = [
  { method: 'GET', target: '/' },
  { method: 'GET', target: '/v2/orders/1042?page=2&sort=-price' },
  { method: 'POST', target: '/v2/orders', body: '{"a":1}', headers: { 'Content-Type': 'application/json' } },
  { method: 'PUT', target: '/v2/orders/1042', body: '{}' },
  { method: 'DELETE', target: '/v2/orders/1042' },
  { method: 'PATCH', target: '/v2/orders/1042', body: '{}' },
  { method: 'HEAD', target: '/v2/prices' },
  { method: 'OPTIONS', target: '/v2/prices' },
  { method: 'GET', target: '/caf%C3%A9/%22quoted%22/%5C' },
  { method: 'GET', target: '/raw"quote"/x' },
  { method: 'GET', target: '/back\\slash\\x22' },
  { method: 'GET', target: "/it's/[a]/{b}/|c|^`" },
  { method: 'GET', target: '/hash%23and#fragment' },
  { method: 'GET', target: '//double//slash/../dots/./x' },
  { method: 'GET', target: '/agent', headers: { 'User-Agent': 'a "b" \\c [d] (e); f' } },
  { method: 'GET', target: '/agent/utf8', headers: { 'User-Agent': 'caf\u00e9 \u2603' } },
  {
    method: 'GET',
    target: '/user',
    headers: { Authorization: `Basic ${Buffer.from('grace:hopper').toString('base64')}` },
  },
  { method: 'GET', target: '/forwarded', headers: { 'X-Forwarded-For': '203.0.113.7, 10.0.0.1' } },
  { method: 'GET', target: long },
  { method: 'GET', target: '/old', version: '1.0' },
  { method: 'GET', target: 'http://other.acme.example/absolute?x=1' },
  { method: 'BREW', target: '/pot' },
];

const nginx = (
  name: string,
  directive: string,
  format: Server['format'],
  use: string,
  tells: Server['tells'],
): Server => ({
  name: `nginx, ${name}`,
  program: 'nginx',
  tells,
  lacks: { absolute: use !== 'combined' },
  log: 'access.log',
  format,
  async configure(folder, port) {
    await configured(
      folder,
      'nginx.conf',
      `daemon off; master_process off; pid nginx.pid; error_log stderr; events {}
http { ${directive}
  access_log access.log ${use};
  client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
  server { listen 127.0.0.1:${port}; server_name api.acme.example; location / { return 200 "ok"; } } }`,
    );
    return ['-p', folder, '-c', 'nginx.conf'];
  },
});

const nginxDeclared = `log_format own '[$time_iso8601] $msec $host "$request_method" "$request_uri" $server_protocol '
  '$status $body_bytes_sent $request_time "$http_user_agent" "$http_x_forwarded_for" $remote_user;$upstream_addr';`;
const nginxJson = `log_format own escape=json '{"time":"$time_iso8601","method":"$request_method","uri":"$request_uri",'
  '"status":"$status","host":"$host","ua":"$http_user_agent","user":"$remote_user"}';`;
const nginxUsual = `log_format own escape=json '{"time":"$time_iso8601","request_method":"$request_method","request_uri":"$request_uri",'
  '"status":$status,"http_host":"$http_host","http_user_agent":"$http_user_agent"}';`;

const apache = (
  name: string,
  directive: string,
  format: Server['format'],
  use: string,
  tells: Server['tells'],
): Server => ({
  name: `Apache, ${name}`,
  program: 'apache2',
  tells,
  log: 'access.log',
  format,
  async configure(folder, port) {
    const modules = ['mpm_event', 'authz_core'];
    await configured(
      folder,
      'apache.conf',
      `ServerRoot ${folder}\nServerName api.acme.example\nListen 127.0.0.1:${port}\nPidFile apache.pid\nErrorLog error.log\n
${modules.map((module) => `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`).join('\n')}
User www-data\nGroup www-data\nDocumentRoot ${folder}\n
${directive}\nCustomLog access.log ${use}\n`,
    );
    return ['-d', folder, '-f', 'apache.conf', '-D', 'FOREGROUND'];
  },
});

const apacheDeclared =
  'LogFormat "%{%Y-%m-%dT%H:%M:%S%z}t %a %{c}a %v:%{local}p \\"%m\\" \\"%U%q\\" %H %>s %B %D \\"%{User-Agent}i\\" \\"%r\\" %u" own';

/** HAProxy has `<BADREQ>` for what it refuses to read. */
const refused = (_: string, status: number) => status === 400;

const haproxy = (name: string, directive: string, format: Server['format']): Server => ({
  name: `HAProxy, ${name}`,
  program: 'haproxy',
  tells: {},
  lacks: { request: refused },
  log: 'stdout',
  format,
  async configure(folder, port) {
    await configured(
      folder,
      'haproxy.cfg',
      `global\n log stdout len 8192 format raw local0\ndefaults\n mode http\n log global\n timeout client 5s\n timeout server 5s\n timeout connect 5s
frontend web\n bind 127.0.0.1:${port}\n ${directive}\n http-request return status 200 content-type text/plain string ok\n`,
    );
    return ['-db', '-f', join(folder, 'haproxy.cfg')];
  },
});

const haproxyDeclared = 'log-format "%ci [%T] %{+Q}HM %{+Q}HU %HV %ST %B %Ta %{+Q}[capture.req.hdr(0)] %s"';

const caddy: Server = {
  name: 'Caddy',
  program: 'caddy',
  tells: { agent: true, user: 'other', host: true },
  log: 'access.log',
  format: undefined,
  async configure(folder, port) {
    const file = `{\n admin off\n auto_https off\n}\nhttp://:${port} {\n bind 127.0.0.1\n log {\n output file ${folder}/access.log\n }\n respond "ok" 200\n}\n`;
    await configured(folder, 'Caddyfile', file);
    return ['run', '--adapter', 'caddyfile', '--config', 'Caddyfile'];
  },
};

const envoy = (name: string, log: object, format: Server['format'], tells: Server['tells']): Server => ({
  name: `Envoy, ${name}`,
  program: 'envoy',
  tells: { host: true, ...tells },
  lacks: { absolute: true, request: (target, status) => status === 400 && target === '/pot' },
  log: 'access.log',
  format,
  async configure(folder, port) {
    const manager = {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      stat_prefix: 'web',
      delayed_close_timeout: '0.01s',
      http_protocol_options: { accept_http_10: true, allow_absolute_url: true },
      access_log: [
        {
          name: 'file',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
            path: join(folder, 'access.log'),
            ...log,
          },
        },
      ],
      http_filters: [
        {
          name: 'router',
          typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
        },
      ],
      route_config: {
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'ok' } } }],
          },
        ],
      },
    };
    const filter = { name: 'http', typed_config: manager };
    const listener = {
      address: { socket_address: { address: '127.0.0.1', port_value: port } },
      filter_chains: [{ filters: [filter] }],
    };
    await configured(folder, 'envoy.json', JSON.stringify({ static_resources: { listeners: [listener] } }));
    return ['-c', 'envoy.json', '--concurrency', '1', '--use-dynamic-base-id', '-l', 'error'];
  },
});

const envoyDeclared =
  '%START_TIME(%s.%3f)% %REQ(:AUTHORITY)% [%REQ(:METHOD)%] %PROTOCOL% %RESPONSE_CODE% %BYTES_SENT% %DURATION% %REQ(:PATH)% %DOWNSTREAM_REMOTE_ADDRESS%';
const envoyJson = {
  start_time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  response_code: '%RESPONSE_CODE%',
  response_flags: '%RESPONSE_FLAGS%',
  authority: '%REQ(:AUTHORITY)%',
  duration: '%DURATION%',
};

const apacheCombined = '%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"';

const servers: Server[] = [
  nginx('combined', '', undefined, 'combined', { agent: true, user: 'other' }),
  nginx('declared', nginxDeclared, nginxDeclared, 'own', { agent: true, user: 'basic', forwarded: true, host: true }),
  nginx('declared JSON', nginxJson, nginxJson, 'own', { agent: true, user: 'basic', host: true }),
  nginx('usual JSON', nginxUsual, undefined, 'own', { agent: true }),
  apache('combined', `LogFormat "${apacheCombined}" combined`, undefined, 'combined', { agent: true }),
  apache('vhost_combined', `LogFormat "%v:%p ${apacheCombined}" vc`, undefined, 'vc', { agent: true }),
  apache('common', 'LogFormat "%h %l %u %t \\"%r\\" %>s %b" common', 'common', 'common', {}),
  apache('declared', apacheDeclared, apacheDeclared, 'own', { agent: true }),
  haproxy('httplog', 'option httplog', undefined),
  haproxy(
    'httplog with captures',
    'capture request header Host len 64\n capture request header User-Agent len 128\n option httplog',
    undefined,
  ),
  haproxy('declared', `capture request header User-Agent len 128\n ${haproxyDeclared}`, haproxyDeclared),
  caddy,
  envoy('default', {}, undefined, { agent: true, forwarded: true }),
  envoy('declared', { log_format: { text_format_source: { inline_string: `${envoyDeclared}\n` } } }, envoyDeclared, {}),
  envoy('JSON', { log_format: { json_format: envoyJson } }, undefined, {}),
  envoy('declared JSON', { log_format: { json_format: envoyJson } }, envoyJson, {}),
];

let port = 20_000 + (process.pid % 20_000);

describe.each(servers)('$name', (server) => {
  const missing = installed(server.program) === null;
  let folder: string;
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'noontide-accesslog-')));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test(missing ? `left out: ${server.program} is not installed` : 'what was asked is what is read', async () => {
    if (missing) return;
    const began = Date.now();
    const { statuses, log } = await logOf(server, folder, port++, asked);
    const formats = declaredFormats(server.format, { host: '', zone: 0 });
    expect(formats).not.toBeTypeOf('string');
    const read: Exchange[] = [];
    const end = await readLog({
      path: log,
      shown: 'access.log',
      noun: 'line',
      what: 'an access log',
      splitter: jsonSplitter,
      formats: formats as Exclude<typeof formats, string>,
      encrypted: new EncryptedHosts(() => true),
      take: (exchange) => void read.push({ ...exchange }),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    const { lacks, tells } = server;
    const wanted = asked.flatMap(({ method, target }, i) => {
      const status = statuses[i]!;
      if (lacks?.request?.(target, status)) return [];
      return [`${method} ${lacks?.absolute ? target.replace('http://other.acme.example', '') : target} ${status}`];
    });
    // Sorted: a server may write the line of a request after it has answered the next one.
    expect(read.map(({ method, target, status }) => `${method} ${target} ${status}`).sort()).toEqual(wanted.sort());
    const at = (target: string) => read.find((each) => each.target === target)!;
    if (tells.agent) expect(at('/agent').requestHeaders.get('user-agent')).toBe('a "b" \\c [d] (e); f');
    expect(at('/user').mechanisms).toEqual(tells.user ? [tells.user] : undefined);
    if (tells.forwarded) expect(at('/forwarded').client).toBe('203.0.113.7');
    if (tells.host)
      expect(read.find(({ target }) => target.endsWith('/absolute?x=1'))?.host).toBe('other.acme.example');
    expect(end).toMatchObject({ completeness: 'complete', problems: [] });
    expect(read.every(({ at }) => at >= began - 2_000 && at <= Date.now() + 1_000)).toBe(true);
    const { reports } = await collect(
      accesslog,
      { paths: [log], ...(server.format ? { format: server.format } : {}) },
      folder,
    );
    expect(reports[0]).toMatchObject({ completeness: 'complete', problems: [] });
  });
});
