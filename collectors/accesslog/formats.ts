import type { Missing } from '#collectors/traffic/log/exchange-of';
import type { LogFormat } from '#collectors/traffic/log/format';
import { TextFormat, type TextLayout } from '#collectors/traffic/log/text-format';
import { W3cFormat } from '#collectors/traffic/log/w3c-format';
import { apacheLayout } from './apache.ts';
import { caddyFormat } from './caddy.ts';
import { envoyLayout } from './envoy.ts';
import { haproxyLayouts } from './haproxy.ts';
import { envoyJson, usualJson } from './json.ts';
import { nginxLayout } from './nginx.ts';
import { traefikCommon, traefikJson } from './traefik.ts';

type Make = (name: string, missing: Missing) => LogFormat[];

function text(layouts: readonly (TextLayout | null)[], open = false): Make {
  return (name, missing) =>
    layouts.flatMap((layout) => (layout === null ? [] : [new TextFormat(name, { ...layout, open }, missing)]));
}

const nginxCombined =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
const nginxIngress =
  '$request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id';

const envoyHead =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS%';
const envoyMiddle =
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"';
const istio = `${envoyHead} %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" ${envoyMiddle} %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%`;

const haproxyHttp =
  '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r';
const haproxyHttps = `${haproxyHttp} %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc`;

/** The identity (RFC 1413), which nobody asks for any more, is a dash in the named formats: so lines that begin otherwise are told apart. */
const apacheCommon = '%h - %u %t "%r" %>s %b';
const apacheCombined = `${apacheCommon} "%{Referer}i" "%{User-Agent}i"`;

/**
 * The formats that need no declaration, by the name that `format` takes: each is what its server's own documentation declares, in the
 * server's own syntax. In this order they are tried, so that a line is read by the one that says most of it.
 */
const named: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['istio', text([envoyLayout(istio)])],
  [
    'envoy',
    (name, missing) => [...text([envoyLayout(`${envoyHead} ${envoyMiddle}`)])(name, missing), envoyJson(name, missing)],
  ],
  ['ingress-nginx', text([nginxLayout(`${nginxCombined} ${nginxIngress}`)])],
  ['haproxy', text([...(haproxyLayouts(haproxyHttps) ?? []), ...(haproxyLayouts(haproxyHttp) ?? [])])],
  ['traefik', (name, missing) => [...text([traefikCommon])(name, missing), traefikJson(name, missing)]],
  ['caddy', (name, missing) => [caddyFormat(name, missing)]],
  ['nginx', text([nginxLayout(`${nginxCombined} "$http_x_forwarded_for"`), nginxLayout(nginxCombined)])],
  [
    'vhost_combined',
    text(
      [
        apacheLayout(`%v:%p ${apacheCombined.replace('%b', '%O')}`),
        apacheLayout(`%v ${apacheCombined.replace('%b', '%O')}`),
      ],
      true,
    ),
  ],
  ['combined', text([apacheLayout(apacheCombined)], true)],
  ['common', text([apacheLayout(apacheCommon)], true)],
  ['w3c', (name, missing) => [new W3cFormat(name, missing)]],
  ['json', (name, missing) => [usualJson(name, missing)]],
]);

export const formatNames: readonly string[] = [...named.keys()];

/** What nginx and Apache write alike is shown by the name that both have. */
const detected = formatNames.filter((name) => name !== 'nginx');

/** All formats that need no declaration, or those of one name. */
export function namedFormats(name: string | undefined, missing: Missing): LogFormat[] {
  const names = name === undefined ? detected : [name];
  return names.flatMap((each) => named.get(each)?.(each, missing) ?? []);
}
