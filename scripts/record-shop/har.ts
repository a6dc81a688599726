import type { Exchange } from './exchange.ts';

/** HAR 1.2, as a browser's network panel saves it: one page and its exchanges in order (w3c.github.io/web-performance/specs/HAR). */
export function toHar(exchanges: readonly Exchange[]): object {
  const startedDateTime = (exchanges[0]?.startedAt ?? new Date()).toISOString();
  return {
    log: {
      version: '1.2',
      creator: { name: 'record-shop', version: '1' },
      pages: [
        {
          startedDateTime,
          id: 'page_1',
          title: 'http://www.shop.example/',
          pageTimings: { onContentLoad: -1, onLoad: -1 },
        },
      ],
      entries: exchanges.map(entry),
    },
  };
}

function entry(exchange: Exchange): object {
  const { startedAt, method, url, timings } = exchange;
  return {
    pageref: 'page_1',
    startedDateTime: startedAt.toISOString(),
    time: rounded(timings.send + timings.wait + timings.receive),
    request: {
      method,
      url: url.href,
      httpVersion: 'HTTP/1.1',
      cookies: cookiesOf(exchange.requestHeaders, 'cookie', /;\s*/),
      headers: named(exchange.requestHeaders),
      queryString: named([...url.searchParams]),
      ...(exchange.requestBody && { postData: { mimeType: 'application/json', text: exchange.requestBody } }),
      headersSize: -1,
      bodySize: Buffer.byteLength(exchange.requestBody),
    },
    response: {
      status: exchange.status,
      statusText: exchange.statusText,
      httpVersion: 'HTTP/1.1',
      cookies: cookiesOf(exchange.responseHeaders, 'set-cookie', /$/),
      headers: named(exchange.responseHeaders),
      content: {
        size: exchange.responseBody.length,
        mimeType: headerOf(exchange.responseHeaders, 'content-type'),
        text: exchange.responseBody.toString(),
      },
      redirectURL: headerOf(exchange.responseHeaders, 'location'),
      headersSize: -1,
      bodySize: exchange.responseBody.length,
    },
    cache: {},
    timings: { send: rounded(timings.send), wait: rounded(timings.wait), receive: rounded(timings.receive) },
    serverIPAddress: exchange.serverAddress,
  };
}

function named(pairs: [string, string][]): object[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

function headerOf(headers: [string, string][], name: string): string {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? '';
}

/** Cookies by name and value; attributes are in the header beside them. */
function cookiesOf(headers: [string, string][], name: string, separator: RegExp): object[] {
  return headers
    .filter(([known]) => known.toLowerCase() === name)
    .flatMap(([, value]) => value.split(separator))
    .flatMap((pair) => {
      const found = /^([^=;]+)=([^;]*)/.exec(pair);
      return found ? [{ name: found[1], value: found[2] }] : [];
    });
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
