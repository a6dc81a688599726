import zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exchange } from '#collectors/traffic/exchange';
import { inspectRequest, mergeRequestFacts, type RequestFacts } from '#collectors/traffic/inspect/request';
import { inspectResponse, mergeResponseFacts, type ResponseFacts } from '#collectors/traffic/inspect/response';
import { exchange } from '#test/collectors/traffic/exchanges';

const types = [
  '',
  'application/json',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=B',
  'multipart/mixed; boundary=B',
  'text/xml; charset=utf-16',
  'text/event-stream',
  'application/graphql',
  'text/plain; charset=nonsense',
];
const codings = ['', 'gzip', 'deflate', 'br', 'zstd', 'gzip, br'];
const headerNames = [
  'authorization',
  'cookie',
  'set-cookie',
  'link',
  'location',
  'www-authenticate',
  'server',
  'accept',
  'x-user',
  'soapaction',
  'cache-control',
  'ratelimit-policy',
  'deprecation',
  'x-api-key',
];

const starts = [
  '',
  '{"a":',
  '[',
  '<a b="',
  '<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body>',
  '--B\r\nContent-Disposition: form-data; name="x"\r\n\r\n',
  'event: x\ndata: {',
  'query Q { a(',
  '{"query":"{',
  '{"jsonrpc":"2.0","method":"',
  'a[b]=%&',
];

/** An exchange of any bytes, both ways, coded or not, cut or not. */
const anyExchange: fc.Arbitrary<Exchange> = fc
  .record({
    target: fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true })),
    body: fc.tuple(
      fc.constantFrom(...starts),
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
    ),
    type: fc.constantFrom(...types),
    coding: fc.constantFrom(...codings),
    coded: fc.boolean(),
    cut: fc.nat({ max: 500 }),
    headers: fc.dictionary(
      fc.constantFrom(...headerNames),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Bearer eyJ.eyJ.', 'a=b; c, d=e', '<x>; rel="next')),
      { maxKeys: 6 },
    ),
  })
  .map(({ target, body: [start, rest], type, coding, coded, cut, headers }) => {
    const plain = Buffer.concat([Buffer.from(start), rest]);
    const bytes =
      coded && coding === 'gzip'
        ? zlib.gzipSync(plain)
        : coded && coding === 'br'
          ? zlib.brotliCompressSync(plain)
          : plain;
    const part = bytes.subarray(0, cut);
    const heads = { ...headers, 'content-type': type, 'content-encoding': coding };
    const lengths = {
      requestBody: part,
      requestLength: bytes.length,
      responseBody: part,
      responseLength: bytes.length,
    };
    return exchange({ target, method: cut % 2 ? 'POST' : 'GET', asked: heads, answered: heads, ...lengths });
  });

test('any bytes give facts that are plain and bounded', () => {
  fc.assert(
    fc.property(anyExchange, (one) => {
      for (const facts of [inspectRequest(one), inspectResponse(one)]) {
        expect(structuredClone(facts)).toEqual(facts);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
        expect(JSON.stringify(facts).length).toBeLessThan(100_000);
      }
    }),
    { numRuns: 1_500 },
  );
});

test('merging does not ask for an order or a grouping, and merging none is neutral', () => {
  const three = fc.tuple(anyExchange, anyExchange, anyExchange);
  fc.assert(
    fc.property(three, (exchanges) => {
      const [a, b, c] = exchanges.map(inspectRequest) as [RequestFacts, RequestFacts, RequestFacts];
      const whole = mergeRequestFacts([a, b, c]);
      expect(mergeRequestFacts([c, mergeRequestFacts([b, a])])).toEqual(whole);
      expect(mergeRequestFacts([mergeRequestFacts([]), whole])).toEqual(whole);
      const [x, y, z] = exchanges.map(inspectResponse) as [ResponseFacts, ResponseFacts, ResponseFacts];
      const answers = mergeResponseFacts([x, y, z]);
      expect(mergeResponseFacts([mergeResponseFacts([z, x]), y])).toEqual(answers);
      expect(mergeResponseFacts([answers, mergeResponseFacts([])])).toEqual(answers);
    }),
    { numRuns: 300 },
  );
});

/** Texts that stand for people's and keys' values: none may come out, in whole or six characters of it. */
const canary = fc.oneof(
  fc.stringMatching(/^[A-Z][0-9][a-z][0-9][A-Z][0-9][a-z][0-9][A-Z][0-9][a-z][0-9][a-z]{2}[0-9]{2}[A-Z]{2}$/),
  fc.stringMatching(/^[b-df-hj-np-tv-z]{7}[0-9]{2}@[b-df-hj-np-tv-z]{9}\.com$/),
  fc.stringMatching(/^[1-9][0-9]{12,15}$/),
  fc.stringMatching(/^\+[1-9][0-9]{11}$/),
  fc.uuid(),
  fc.stringMatching(/^AKIA[A-Z2-7]{16}$/),
  fc.stringMatching(/^sk_live_[A-Za-z0-9]{24}$/),
  fc.stringMatching(/^[0-9a-f]{40}$/),
  fc.ipV6(),
  fc.stringMatching(/^(?:19|20)[0-9]{2}-0[1-9]-[12][0-9]$/),
);

function jwtOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', kid: 'k' })}.${part(claims)}.c2ln`;
}

/** Exchanges that hold the text wherever a value, or a name that is one, may stand. */
function planted(text: string): Exchange[] {
  const url = encodeURIComponent(text);
  const bodies: [string, string][] = [
    [
      'application/json',
      JSON.stringify({ user: { note: text, list: [text, { deep: text }] }, [text]: text, email: text, password: text }),
    ],
    [
      'application/json',
      JSON.stringify({ query: `query Q { a(x: "${text}") { id } }`, operationName: text, variables: { x: text } }),
    ],
    [
      'application/json',
      JSON.stringify({ jsonrpc: '2.0', method: 'tools/call', params: { name: text, arguments: { text } } }),
    ],
    ['application/json', JSON.stringify({ jsonrpc: '2.0', method: text, params: [text] })],
    ['application/json', JSON.stringify({ model: text, user: text, tools: [{ name: text }] })],
    ['application/json', JSON.stringify({ requests: [{ method: 'GET', url: `Orders('${text}')/${text}?x=${text}` }] })],
    ['application/x-ndjson', `${JSON.stringify({ a: text })}\n${JSON.stringify({ [text]: 1 })}`],
    ['application/x-www-form-urlencoded', `a=${url}&${url}=1&grant_type=password&client_secret=${url}&x[${url}]=1`],
    [
      'multipart/form-data; boundary=B',
      `--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--B\r\nContent-Disposition: form-data; name="${text}"; filename="${text}"\r\n\r\n${text}\r\n--B--`,
    ],
    [
      'multipart/mixed; boundary=B',
      `--B\r\nContent-Type: application/http\r\n\r\nGET /Orders/${url}?x=${url} HTTP/1.1\r\nHost: ${text}\r\n\r\n--B--`,
    ],
    [
      'text/xml',
      `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><a b="${text}">${text}</a></s:Body></s:Envelope>`,
    ],
    ['text/xml', `<methodCall><methodName>${text}</methodName><params>${text}</params></methodCall>`],
    ['text/event-stream', `event: ${text}\nid: ${text}\ndata: {"a":"${text}"}\n\ndata: ${text}\n\n`],
    ['application/graphql', `{ a(x: "${text}") }`],
    ['text/plain', `one ${text} two`],
    [`text/plain; charset=${url}`, text],
  ];
  const heads = {
    authorization: `Bearer ${jwtOf({ sub: text, iss: `https://id.acme.com/${text}`, aud: text, email: text })}`,
    'proxy-authorization': `Digest username="${text}"`,
    'x-api-key': text,
    'x-user-email': text,
    cookie: `sid=${text}; ${url}=1; session_${url}=${text}`,
    'x-forwarded-client-cert': `By=${text}`,
    // A date is what versions are made of.
    'api-version': /^[0-9-]{10}$/.test(text) ? '' : text,
    accept: `application/vnd.${url}+json`,
    soapaction: `"urn:x/${text}"`,
    'mcp-protocol-version': /^[0-9-]{10}$/.test(text) ? '' : text,
    origin: `https://${text}`,
    [`x-${text.toLowerCase()}`]: text,
    server: `${text}/1.0`,
    'x-powered-by': text,
    'set-cookie': `sid=${text}; Path=/${text}, ${url}=${text}; Secure`,
    link: `<https://x.example/v2/${url}?a=${url}>; rel="successor-version", <${text}>; rel="${text}"`,
    location: `https://x.example/users/${url}?token=${url}#${url}`,
    'www-authenticate': `Bearer realm="${text}", ${text} realm="x"`,
    'cache-control': `private="${text}", ${text}`,
    'access-control-allow-origin': `https://${text}`,
    'x-ratelimit-limit': text,
    deprecation: text,
    sunset: text,
  };
  const aws = {
    authorization: `AWS4-HMAC-SHA256 Credential=${text}/20130524/${text}/${text}/aws4_request, Signature=${text}`,
  };
  const target = `/users/${url}/${text}?q=${url}&${url}=${url}&access_token=${url}&X-Amz-Credential=${url}%2F2%2F${url}%2Fs3%2Faws4_request`;
  return bodies.map(([type, body], i) => {
    const sent = Buffer.from(body);
    const lengths = { requestBody: sent, requestLength: sent.length, responseBody: sent, responseLength: sent.length };
    const all = { ...heads, ...(i % 2 ? aws : {}), 'content-type': type };
    return exchange({
      target: i % 3 ? target : `/v1/messages/$batch?x=${url}`,
      method: i % 4 ? 'POST' : 'GET',
      asked: all,
      answered: all,
      ...lengths,
    });
  });
}

test('no value ever comes out', () => {
  fc.assert(
    fc.property(canary, (text) => {
      const exchanges = planted(text);
      const out = JSON.stringify([
        mergeRequestFacts(exchanges.map(inspectRequest)),
        mergeResponseFacts(exchanges.map(inspectResponse)),
      ]).toLowerCase();
      const secret = text
        .toLowerCase()
        .replace(/^(?:sk_live_|akia)/, '')
        .replace(/\.com$/, '');
      for (let at = 0; at + 6 <= secret.length; at++) {
        const piece = secret.slice(at, at + 6);
        if (out.includes(piece))
          throw new Error(
            `${piece} of ${text}: …${out.slice(Math.max(0, out.indexOf(piece) - 80), out.indexOf(piece) + 40)}`,
          );
      }
    }),
    { numRuns: 300 },
  );
});
