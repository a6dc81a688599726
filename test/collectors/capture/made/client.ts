import type { Random } from './random.ts';
import { uuid } from './values.ts';

export type Field = readonly [name: string, value: string];

/** Who asks on one connection: what stays the same in all of its requests. */
export interface Client {
  fields: readonly Field[];
  gzip: boolean;
  /** Field names are written with capitals in HTTP/1. */
  capitals: boolean;
  /** Names of fields that carry a value of their own in each request. */
  unique: readonly string[];
}

/** A client of one of the kinds that call APIs, with a session or token of its own. */
export function newClient(random: Random): Client {
  const draw = random.below(100);
  if (draw < 40) return browser(random);
  if (draw < 50) return curl(random);
  if (draw < 65) return mobile(random);
  if (draw < 80) return sdk(random);
  return service(random);
}

function browser(random: Random): Client {
  const version = 120 + random.below(12);
  const firefox = random.chance(0.3);
  const agent = firefox
    ? `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`
    : `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
  const cookies = `sid=${random.hex(32)}; _ga=GA1.1.${random.below(1e9)}.17${random.below(1e8)}; theme=dark; locale=en`;
  return {
    gzip: true,
    capitals: true,
    unique: random.chance(0.5) ? ['x-request-id'] : [],
    fields: [
      ['user-agent', agent],
      ['accept', 'application/json, text/plain, */*'],
      ['accept-language', 'en-GB,en;q=0.9,de;q=0.7'],
      ['accept-encoding', 'gzip, deflate, br'],
      ['referer', `https://app.orchard.example/${random.pick(['orders', 'home', 'account', 'search'])}`],
      ['origin', 'https://app.orchard.example'],
      ['sec-fetch-dest', 'empty'],
      ['sec-fetch-mode', 'cors'],
      ['sec-fetch-site', 'same-site'],
      ['cookie', cookies],
    ],
  };
}

function curl(random: Random): Client {
  return {
    gzip: false,
    capitals: true,
    unique: [],
    fields: [
      ['user-agent', `curl/8.${random.below(9)}.1`],
      ['accept', '*/*'],
      ['authorization', `Basic ${random.base64(24)}`],
    ],
  };
}

function mobile(random: Random): Client {
  return {
    gzip: true,
    capitals: true,
    unique: ['x-request-id', 'x-client-time'],
    fields: [
      ['user-agent', `OrchardApp/7.${random.below(20)} (iPhone; iOS 18.${random.below(5)}; Scale/3.00) okhttp/4.12.0`],
      ['accept', 'application/json'],
      ['accept-encoding', 'gzip'],
      ['authorization', `Bearer ${token(random)}`],
      ['x-device-id', uuid(random)],
      ['x-app-version', `7.${random.below(20)}.${random.below(10)}`],
      ['x-platform', 'ios'],
    ],
  };
}

function sdk(random: Random): Client {
  return {
    gzip: true,
    capitals: false,
    unique: ['idempotency-key', 'x-request-id'],
    fields: [
      [
        'user-agent',
        random.pick(['orchard-node/3.4.1 (node 22.14.0; linux)', 'python-requests/2.32.3', 'axios/1.7.9']),
      ],
      ['accept', 'application/json'],
      ['accept-encoding', 'gzip, deflate'],
      ['x-api-key', random.base64(40)],
      ['x-sdk-runtime', `node;${random.below(20)}.${random.below(20)}`],
      ['x-tenant', `tenant-${random.below(200)}`],
    ],
  };
}

function service(random: Random): Client {
  return {
    gzip: random.chance(0.7),
    capitals: random.chance(0.5),
    unique: ['x-request-id', 'traceparent'],
    fields: [
      ['user-agent', random.pick(['Go-http-client/1.1', 'Java-http-client/21.0.2', 'Apache-HttpClient/5.3 (Java/17)'])],
      ['accept', 'application/json'],
      ['authorization', `Bearer ${token(random)}`],
      ['x-forwarded-for', `192.0.2.${random.below(256)}`],
      ['x-forwarded-proto', 'https'],
      ['x-caller', random.pick(['orders', 'billing', 'checkout', 'search'])],
    ],
  };
}

/** Of the shape of a JWT (RFC 7519); nobody signed it. */
function token(random: Random): string {
  return `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${random.base64(160)}.${random.base64(86)}`;
}

/** A value that no other request has. */
export function uniqueValue(name: string, random: Random): string {
  switch (name) {
    case 'traceparent':
      return `00-${random.hex(32)}-${random.hex(16)}-01`;
    case 'x-client-time':
      return String(1_700_000_000_000 + random.word());
    default:
      return uuid(random);
  }
}
