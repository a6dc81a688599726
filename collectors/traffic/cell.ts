import type { Protocol } from '#model/sighting';
import { segmentType } from '#path/segment';
import { capturedPath, grpcMethodPath } from './captured-path.ts';
import type { Exchange } from './exchange.ts';
import { absoluteForm, normaliseHost } from './host.ts';
import { type Kind, kindOf, outcomeOf, retainedKind } from './kind.ts';
import type { Operation } from './operation.ts';
import { protocolOf } from './protocol.ts';
import { retained } from './retained.ts';
import type { Tally } from './tally.ts';

/** What becomes of an exchange: it is counted in one of three ways, or left out for a reason. */
export type Fate = 'answered' | 'failed' | 'missed' | 'preflight' | 'elsewhere' | 'no host' | 'no method';

export interface HostCount {
  exchanges: number;
}

/** What is worked out once of exchanges that are alike, and where they are counted. */
export interface Cell {
  /** Stands for the fold that counts in it. */
  readonly owner: object;
  readonly fate: Fate;
  readonly kind: Kind;
  readonly host: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly path: string;
  /** Of the fold's operations when those below were found; -1 before. */
  generation: number;
  hostCount: HostCount;
  operation: Operation | null;
  /** The operation's, of what is `answered`. */
  tally: Tally | null;
  /** Exchanges whose kind is still to be counted in the tally. */
  due: number;
}

/** Where exchanges with an unknown host are counted: it is no host. */
export const nowhere: HostCount = { exchanges: 0 };

const token = /^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,31}$/;

/** Works out what follows from an exchange's heads. What is to stay for others is copied out of them. */
export function cellOf(exchange: Exchange, owner: object, wanted: (host: string) => boolean, stays: boolean): Cell {
  const { target } = exchange;
  const { status, isMiss } = outcomeOf(exchange);
  const sent = exchange.method.toUpperCase();
  const method = sent === 'HEAD' ? 'GET' : sent;
  const isAsRecorded = sent === exchange.method && status === exchange.status;
  const recorded = isAsRecorded ? exchange : { ...exchange, method: sent, status };
  const absolute = absoluteForm(target);
  const authority = absolute?.authority ?? (exchange.host || (method === 'CONNECT' ? target : ''));
  const host = normaliseHost(authority, absolute?.scheme ?? exchange.scheme);
  const kind = kindOf(recorded);
  const protocol = exchange.protocol ?? protocolOf(recorded);
  const path = pathOf(method, protocol, target);
  return {
    owner,
    fate: earlyFate(exchange, host, wanted) ?? (isMiss ? 'missed' : isFailure(kind) ? 'failed' : 'answered'),
    kind: stays ? retainedKind(kind) : kind,
    host: stays ? retained(host ?? '') : (host ?? ''),
    protocol,
    method: stays ? retained(method) : method,
    path: stays ? retained(path) : path,
    generation: -1,
    hostCount: nowhere,
    operation: null,
    tally: null,
    due: 0,
  };
}

/** Why an exchange is left out whatever its outcome. */
function earlyFate(
  { method, requestHeaders }: Exchange,
  host: string | null,
  wanted: (host: string) => boolean,
): Fate | null {
  if (host === null) return 'no host';
  if (!isMethod(method)) return 'no method';
  if (!wanted(host)) return 'elsewhere';
  const asks = method.length === 7 && requestHeaders.has('access-control-request-method');
  return asks && method.toUpperCase() === 'OPTIONS' ? 'preflight' : null;
}

/** A token (RFC 9110, section 9.1) that is a word, and no value in its place. */
function isMethod(method: string): boolean {
  return token.test(method) && segmentType(method) === null;
}

/** Errors, unanswered requests and redirects elsewhere. */
function isFailure({ status, redirect }: Kind): boolean {
  return status === 0 || status >= 400 || redirect !== null;
}

function pathOf(method: string, protocol: Protocol, target: string): string {
  if (method === 'CONNECT') return '/';
  return (protocol === 'grpc' ? grpcMethodPath(target) : null) ?? capturedPath(target);
}
