import { isName } from '#collectors/traffic/inspect/name';
import { mediaType } from '#collectors/traffic/media-type';

type Headers = ReadonlyMap<string, string>;

/** Standard headers, and those that browsers, proxies and tracing add: they say nothing of the API. */
const ordinary =
  /^(?::.*|a-im|accept(?:-(?:charset|encoding|language))?|access-control-.*|alt-used|authorization|cache-control|connection|content-(?:disposition|encoding|language|length|location|md5|type|range)|cookie|date|dnt|expect|forwarded|from|host|http2-settings|if-.*|keep-alive|max-forwards|origin|pragma|prefer|priority|proxy-.*|range|referer|sec-.*|te|trailer|transfer-encoding|upgrade|upgrade-insecure-requests|user-agent|via|warning|x-forwarded-.*|x-real-ip|x-original-.*|x-envoy-.*|x-b3-.*|x-amzn-trace-id|x-amz-cf-id|x-cloud-trace-context|x-request-id|x-correlation-id|x-requested-with|x-http2-.*|traceparent|tracestate|baggage|b3|uber-trace-id|cf-.*|cdn-.*|true-client-ip|fastly-.*|x-datadog-.*|x-newrelic-.*|sentry-trace|dpop|signature(?:-input)?|content-digest|grpc-.*)$/;
const versionHeader =
  /^(?:(?:x-)?(?:[a-z]{1,24}-)?api-version|accept-version|version|x-version|(?:stripe|anthropic|notion|intercom|linkedin|square|odata|shopify|openai)-version|odata-maxversion|x-ms-version|mcp-protocol-version)$/;
const versionValue = /^(?:v?[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}|20[0-9]{2}-?[01][0-9](?:-?[0-3][0-9])?(?:-preview)?)$/;

/** Names of the headers that an API has for itself. */
export function customHeaders(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => /^[a-z0-9_-]+$/.test(name) && !ordinary.test(name) && isName(name));
}

/** Versions that are asked for by header: `stripe-version 2023-10-16`, `accept application/vnd.github.v3+json`. */
export function askedVersions(headers: Headers): string[] {
  const found: string[] = [];
  for (const [name, value] of headers)
    if (versionHeader.test(name) && versionValue.test(value)) found.push(`${name} ${value}`);
  const accept = mediaType(headers.get('accept'));
  if (accept !== null && /^application\/vnd\.[a-z0-9.+-]{1,64}$/.test(accept) && isName(accept.replaceAll('+', '-')))
    found.push(`accept ${accept}`);
  return found;
}
