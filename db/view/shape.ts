import { flag, list, nullable, number, oneOf, optional, partial, record, shape, text, time } from '#db/stored';
import { type Binding, type Evidence, leaves, type Service, verdicts } from '#model/endpoint';
import {
  type Auth,
  type Facts,
  type Location,
  type Param,
  pathKinds,
  planes,
  protocols,
  type Server,
} from '#model/sighting';
import type { EndpointDocument, EndpointRow } from './row.ts';

const texts = list(text);
const counts = record(number);
/** Infinity, which a document may give, is `null` in JSON. */
const said = nullable(number);

const param = shape<Param>({
  name: text,
  in: oneOf('path', 'query', 'header', 'cookie', 'body'),
  type: optional(text),
  format: optional(text),
  required: optional(flag),
  enum: optional(texts),
  pattern: optional(text),
  minLength: optional(said),
  maxLength: optional(said),
});

const required = oneOf('yes', 'no', 'optional', 'unknown');

const size = shape<NonNullable<Facts['requestSize']>>({ p50: number, p95: number, count: number });

export const facts = partial<Facts>({
  operationId: text,
  summary: text,
  tags: texts,
  auth: shape<Auth>({ required, mechanisms: texts, scopes: optional(texts) }),
  exposure: text,
  deprecated: flag,
  sunset: nullable(time),
  draft: flag,
  retired: flag,
  version: text,
  params: list(param),
  consumes: texts,
  produces: texts,
  responses: texts,
  statuses: counts,
  credentialed: said,
  anonymousSuccess: said,
  fallback: said,
  static: flag,
  health: flag,
  literals: record(counts),
  handler: text,
  guards: texts,
  backend: text,
  owner: text,
  framework: text,
  dataClasses: texts,
  answeredDeprecation: nullable(time),
  answeredSunset: nullable(time),
  latency: shape<NonNullable<Facts['latency']>>({ p50: number, p95: number, p99: number, count: number }),
  requestSize: size,
  responseSize: size,
  httpVersions: counts,
  marks: counts,
  messages: shape<NonNullable<Facts['messages']>>({ sent: number, received: number }),
  calls: counts,
  clients: shape<NonNullable<Facts['clients']>>({ count: number, networks: optional(number) }),
  userAgents: counts,
  sampled: shape<NonNullable<Facts['sampled']>>({ requests: number, responses: number }),
  answers: list(param),
  traits: record(counts),
  tls: shape<NonNullable<Facts['tls']>>({
    versions: texts,
    alpn: texts,
    transport: list(oneOf('tcp', 'quic')),
    certificates: optional(oneOf('asked', 'sent')),
    ech: optional(flag),
  }),
});

export const servers = list(shape<Server>({ host: nullable(text), basePath: text }));

type At<Kind extends Location['in']> = Extract<Location, { in: Kind }>;
const places = [
  shape<At<'code'>>({ in: oneOf('code'), file: text, line: number, commit: optional(text) }),
  shape<At<'document'>>({ in: oneOf('document'), file: text, pointer: text, line: optional(number) }),
  shape<At<'traffic'>>({ in: oneOf('traffic'), file: text, ref: number }),
  shape<At<'resource'>>({ in: oneOf('resource'), id: text }),
];
export const location = (value: unknown) => places.some((place) => place(value));

export const evidence = list(shape<Evidence>({ plane: oneOf(...planes), source: text, where: text }));

export const sightingIds = list(number);

export const endpointDocument = shape<EndpointDocument>({
  hosts: texts,
  because: text,
  decidedBy: list(oneOf(...planes)),
  params: list(param),
  authMechanisms: texts,
  dataClasses: texts,
  tags: texts,
  evidence,
  sources: texts,
});

export const endpointRow = shape<Omit<EndpointRow, 'document'>>({
  id: text,
  environment: text,
  service: text,
  protocol: oneOf(...protocols),
  method: text,
  path: text,
  path_kind: oneOf(...pathKinds),
  declared: oneOf('active', 'deprecated', 'sunset', 'removed', 'none', 'unknown'),
  deployed: oneOf('yes', 'draft', 'no', 'unknown'),
  coded: oneOf('yes', 'no', 'unknown'),
  observed: oneOf('fresh', 'stale', 'never', 'unknown'),
  leaf: oneOf(...leaves),
  verdict: oneOf(...verdicts),
  reason: text,
  auth: required,
  exposure: text,
  owner: text,
  version: text,
  first_seen: time,
  last_seen: time,
  last_call: nullable(time),
  calls: number,
  confidence: number,
});

const binding = shape<Binding>({
  group: text,
  service: text,
  how: oneOf('configured', 'host', 'name', 'paths', 'alone'),
  score: number,
  prefix: text,
  strip: text,
  because: text,
});

export const service = shape<Service>({
  name: text,
  environments: texts,
  hosts: texts,
  owner: text,
  endpoints: number,
  verdicts: counts,
  planes: list(oneOf(...planes)),
  bindings: list(binding),
});
