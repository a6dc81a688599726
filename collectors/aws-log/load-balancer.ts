import type { Missing } from '#collectors/traffic/log/exchange-of';
import { type Field, field, latency, requestHeader } from '#collectors/traffic/log/field';
import { type Piece, TextFormat } from '#collectors/traffic/log/text-format';

const client = field('client');
const request = field('request');
const status = field('status');
const length = field('length');
const requestLength = field('requestLength');
const agent = requestHeader('user-agent');
const tls = field('tls');

/** From what the load balancer sent to the target to the first byte of its answer, in seconds; -1 where there was none. */
const processing = latency(1_000);

/** Fields between spaces; `"` stands before and after those that are quoted. */
function spaced(...fields: (Field | null | readonly [Field | null])[]): Piece[] {
  const pieces: Piece[] = [];
  for (const each of fields) {
    if (pieces.length > 0) pieces.push(' ');
    if (Array.isArray(each)) pieces.push('"', each[0] as Field | null, '"');
    else pieces.push(each as Field | null);
  }
  return pieces;
}

/**
 * Access logs of Elastic Load Balancing (docs.aws.amazon.com/elasticloadbalancing): of Application Load Balancers (`type time elb client target
 * …`, newer ones with more fields at the end), and of Classic ones. The request's target is absolute.
 */
export function loadBalancerFormats(missing: Missing): TextFormat[] {
  const application = spaced(
    ...[
      field('scheme'),
      field('time'),
      null,
      client,
      null,
      null,
      processing,
      null,
      status,
      null,
      requestLength,
      length,
    ],
    ...[[request] as const, [agent] as const, null, tls, null, [null] as const, [field('server')] as const],
  );
  const classic = spaced(
    ...[field('time'), null, client, null, null, processing, null, status, null, requestLength, length],
    ...[[request] as const, [agent] as const, null, tls],
  );
  return [
    new TextFormat('Application Load Balancer', { pieces: application, escaping: 'backslash', open: true }, missing),
    new TextFormat('Classic Load Balancer', { pieces: classic, escaping: 'backslash', open: true }, missing),
  ];
}
