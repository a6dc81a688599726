/** The four planes on which an endpoint can be known. */
export const planes = ['declared', 'deployed', 'coded', 'observed'] as const;
export type Plane = (typeof planes)[number];

export const protocols = ['http', 'grpc', 'graphql', 'websocket', 'soap', 'jsonrpc', 'event'] as const;
export type Protocol = (typeof protocols)[number];

/**
 * How {@link Sighting.path} is meant.
 *
 * - `exact`: every segment was met literally (traffic); values that cannot be literal (ids, dates, tokens) are
 *   already parameters.
 * - `template`: parameters in braces, as declared or coded.
 * - `prefix`: the path and everything below it, by whole segments.
 * - `regex`: a regular expression that could not be read as a template.
 */
export const pathKinds = ['exact', 'template', 'prefix', 'regex'] as const;
export type PathKind = (typeof pathKinds)[number];

/** Where a group of operations is served. The base path is relative to the host, without a trailing slash: `''` or `/v2`. */
export interface Server {
  /** Lower case, with the port when it is not the scheme's own; `null` when unknown; `*.example.com` stays a wildcard. */
  host: string | null;
  basePath: string;
}

export interface Param {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie' | 'body';
  /** JSON Schema's type names, or a segment type found in traffic (`uuid`, `date`, `hex` …). */
  type?: string;
  format?: string;
  required?: boolean;
  /** Values a path parameter may take; a captured value outside of them is a sibling, not this parameter. */
  enum?: string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
}

/** What guards an operation, as one source tells it. */
export interface Auth {
  /** `enforced` and `open` are what a source says or shows; `optional` is either; `unknown` is no word on it. */
  required: 'yes' | 'no' | 'optional' | 'unknown';
  /** The field's names: `bearer`, `basic`, `apiKey`, `oauth2`, `openIdConnect`, `mutualTLS`, `cookie`, or a guard's own name in code. */
  mechanisms: string[];
  scopes?: string[];
}

/** Everything else that a source knows of an operation. All of it optional: absence means «not said». */
export interface Facts {
  operationId?: string;
  summary?: string;
  tags?: string[];
  auth?: Auth;
  exposure?: 'internet' | 'private' | 'cluster' | 'none' | 'unknown';
  deprecated?: boolean;
  /** RFC 8594: when the operation is to go, in epoch milliseconds. */
  sunset?: number;
  /** A draft of a gateway that is routed nowhere. */
  draft?: boolean;
  /** A gateway revision that was retired and still answers. */
  retired?: boolean;
  /** Version of the API as its document or gateway names it (`2.1.0`, `v2`). */
  version?: string;
  params?: Param[];
  /** Media types a request may carry, or was seen to. */
  consumes?: string[];
  /** Media types of answers. */
  produces?: string[];
  /** Documented status codes (`200`, `default`, `4XX`). */
  responses?: string[];
  /** Observed answers by status; `0` counts requests whose answer was not seen. */
  statuses?: Record<string, number>;
  /** Observed calls that carried credentials, and successful (2xx) calls that carried none. */
  credentialed?: number;
  anonymousSuccess?: number;
  /** Successful answers that look like an application's fallback page, a static file, or a login redirect. */
  fallback?: number;
  static?: boolean;
  /** A health check by its path or its caller. */
  health?: boolean;
  /** Bounded counts of literals that a parameter folded, by its name, so that a later declaration can split one off. */
  literals?: Record<string, Record<string, number>>;
  handler?: string;
  guards?: string[];
  backend?: string;
  owner?: string;
  framework?: string;
  dataClasses?: string[];
  /** Deprecation (RFC 9745) and Sunset (RFC 8594) as answered, epoch milliseconds. */
  answeredDeprecation?: number;
  answeredSunset?: number;
  /** From a request's end to its answer's first byte, in milliseconds, of `count` calls; at most 6.25 % off. */
  latency?: { p50: number; p95: number; p99: number; count: number };
  /** Lengths of bodies as transferred, in bytes, of `count` calls; at most 6.25 % off. */
  requestSize?: { p50: number; p95: number; count: number };
  responseSize?: { p50: number; p95: number; count: number };
  /** Observed calls by version of HTTP (`1.1`, `2`). */
  httpVersions?: Record<string, number>;
  /** Observed calls by what is odd about them; each name is a fixed text. */
  marks?: Record<string, number>;
  /** Messages that clients sent and received (WebSocket, streams of gRPC). */
  messages?: { sent: number; received: number };
  /** What is called inside of the operation, with how often (`tools/call search`, `query orders`); bounded, the first by name. */
  calls?: Record<string, number>;
  /** How many clients called, and of how many networks (/24, /48) they are: exact to 127, then about 9 % off. Never who. */
  clients?: { count: number; networks?: number };
  /** Observed calls by the kind of program that called (`browser`, `curl`, `monitor`), never by a header's text. */
  userAgents?: Record<string, number>;
  /** Exchanges that were looked into for what samples tell (types of parameters): requests, and answers. */
  sampled?: { requests: number; responses: number };
  /** Fields of answers' bodies, by path (`items[].price`), with types from samples. */
  answers?: Param[];
  /** What samples tell by name, with how many of them: a class of data and its place, a way of saying who asks, a banner. */
  traits?: Partial<Record<Trait, Record<string, number>>>;
  /** Of a host whose TLS could not be looked into: all that is known of it. Lists are sorted. */
  tls?: {
    /** As servers chose (`1.2`, `1.3`); empty when no answer was seen. */
    versions: string[];
    /** Protocols (ALPN) that servers chose, else those that clients offered: `h2`, `http/1.1`. */
    alpn: string[];
    transport: ('tcp' | 'quic')[];
    /** Whether a client certificate was asked for, or sent; left out when neither was seen, as from TLS 1.3 on. */
    certificates?: 'asked' | 'sent';
    /** Encrypted ClientHello was in use: the host may be that of a front. */
    ech?: true;
  };
}

export const traits = [
  'data',
  'credentials',
  'requestHeaders',
  'askedVersions',
  'operations',
  'rateLimits',
  'cors',
  'caching',
  'protections',
  'banners',
  'lifecycle',
  'relations',
  'locations',
  'challenges',
  'cookies',
] as const;
export type Trait = (typeof traits)[number];

/** The place that proves a sighting, precise enough to open. */
export type Location =
  /** `file` is relative to the source's root; lines and columns count from 1. */
  | { in: 'code'; file: string; line: number; commit?: string }
  /** A JSON Pointer (RFC 6901) into a document. */
  | { in: 'document'; file: string; pointer: string; line?: number }
  /** `ref` is the packet, entry or line number of the first exchange, counted from 1. */
  | { in: 'traffic'; file: string; ref: number }
  | { in: 'resource'; id: string };

/** When the evidence itself dates from, epoch milliseconds, and how many times it was met. */
export interface Seen {
  first: number;
  last: number;
  count: number;
}

/** One source's word that one operation exists, on one plane. The only record that collectors emit. */
export interface Sighting {
  plane: Plane;
  protocol: Protocol;
  /** Upper case; `*` is any. */
  method: string;
  /**
   * Below the servers' base paths, always beginning with `/`. Parameters in braces (`/users/{id}`), the rest of a path
   * as `{name*}`. Percent-encoding is normalised (RFC 3986, section 6.2.2).
   */
  path: string;
  pathKind: PathKind;
  /** False when a mount prefix could not be resolved: the path is then a tail, and flags nothing by itself. */
  anchored: boolean;
  /** `[]` when nothing is known of hosts or base paths. */
  servers: Server[];
  /** The source's own grouping: a specification's title, a gateway's API, a package, a host. */
  service: string;
  facts: Facts;
  where: Location;
  /** Only for evidence that has a time of its own (traffic, logs). */
  seen?: Seen;
}

/** `specs/orders.yaml#/paths/~1orders/get`, `src/app.ts:12@3248edc1fc22`, `edge.pcap@371`. */
export function locationText(where: Location): string {
  switch (where.in) {
    case 'code':
      return `${where.file}:${where.line}${where.commit ? `@${where.commit.slice(0, 12)}` : ''}`;
    case 'document':
      return `${where.file}${where.line ? `:${where.line}` : ''}#${where.pointer}`;
    case 'traffic':
      return `${where.file}@${where.ref}`;
    case 'resource':
      return where.id;
  }
}
