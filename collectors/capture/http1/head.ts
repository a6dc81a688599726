import type { Piece } from '#collectors/capture/tcp/receiver';

/** Where a message began: the packet and its time, and what both directions had sent by then. */
export type Origin = Pick<Piece, 'ref' | 'at' | 'seq' | 'ack'>;

export interface RequestHead {
  kind: 'request';
  method: string;
  /** As sent, with bytes that no URI may hold percent-encoded (RFC 3986, section 2.1). */
  target: string;
  /** By lower-case name; values of a repeated name joined by `, ` (RFC 9110, section 5.3). */
  headers: Map<string, string>;
  /** False when the recording lacks the end of the head: headers are missing. */
  whole: boolean;
  /** Bytes of the head. */
  size: number;
  origin: Origin;
}

export interface ResponseHead {
  kind: 'response';
  status: number;
  headers: Map<string, string>;
  whole: boolean;
  /** Bytes of the head. */
  size: number;
  origin: Origin;
}

export type Head = RequestHead | ResponseHead;

const lf = 10;
const cr = 13;
const space = 32;
const tab = 9;

/**
 * Reads a message's start line and header fields (RFC 9112, sections 2 to 5) from `from` up to `to`, or `null` when they are none.
 * Lenient as servers are: bare LF, folded lines, lines without a colon passed over.
 */
export function parseHead(bytes: Buffer, from: number, to: number, origin: Origin, whole: boolean): Head | null {
  let line = lineAt(bytes, from, to);
  if (line !== null && isProxyLine(line.text)) line = lineAt(bytes, line.end, to);
  const start = line === null ? null : parseStartLine(line.text);
  if (line === null || start === null) return null;
  return { ...start, headers: parseFields(bytes, line.end, to), whole, size: to - from, origin };
}

/** A line without its end, and where the next one begins. */
function lineAt(bytes: Buffer, from: number, to: number): { text: string; end: number } | null {
  const found = bytes.indexOf(lf, from);
  if (found < 0 || found >= to) return null;
  return { text: bytes.toString('latin1', from, found).trimEnd(), end: found + 1 };
}

type StartLine = Pick<RequestHead, 'kind' | 'method' | 'target'> | Pick<ResponseHead, 'kind' | 'status'>;

/**
 * A request line or status line of HTTP/1, without its line end; `null` for anything else. Statuses beyond 599 and odd versions are
 * answered in the wild, and clients go by the number.
 */
export function parseStartLine(line: string): StartLine | null {
  const status = /^HTTP\/[0-9]{1,2}\.[0-9]{1,2} +([1-9][0-9][0-9])(?![0-9])/.exec(line);
  if (status) return { kind: 'response', status: Number(status[1]) };
  const words = line.split(/[ \t]+/, 4);
  const [method = '', target = '', version = ''] = words;
  if (
    words.length !== 3 ||
    !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/.test(method) ||
    !/^HTTP\/1\.[0-9]{0,2}$/.test(version)
  ) {
    return null;
  }
  return { kind: 'request', method, target: encodeTarget(target) };
}

/** What a load balancer may send ahead of a connection's first request (PROXY protocol of HAProxy, section 2.1). */
export function isProxyLine(line: string): boolean {
  return line.length < 108 && /^PROXY (TCP4|TCP6|UNKNOWN)( |$)/.test(line);
}

/** False as soon as `bytes` cannot be how a message begins, whatever follows. */
export function couldBegin(bytes: Buffer, from: number, to: number): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}($|[ \t/])/.test(bytes.toString('latin1', from, Math.min(to, from + 33)));
}

function encodeTarget(target: string): string {
  return target.replace(
    /[^\x21-\x7e]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/**
 * Strings are cut from the bytes, never from a string of the whole head: a part of a string keeps the whole in memory,
 * and hosts and paths live long.
 */
function parseFields(bytes: Buffer, from: number, to: number): Map<string, string> {
  const headers = new Map<string, string>();
  let name = '';
  for (let at = from; at < to; ) {
    const found = bytes.indexOf(lf, at);
    const end = found < 0 || found > to ? to : found;
    const folded = bytes[at] === space || bytes[at] === tab;
    if (folded && name !== '') {
      // obs-fold (RFC 9112, section 5.2): goes on with the value of the line before.
      const more = bytes.toString('latin1', at, end).trim();
      const before = headers.get(name);
      if (more !== '') headers.set(name, before ? `${before} ${more}` : more);
    } else {
      name = addField(headers, bytes, at, end);
    }
    at = end + 1;
  }
  return headers;
}

/** Its name, or `''` for a line that is no field. */
function addField(headers: Map<string, string>, bytes: Buffer, from: number, to: number): string {
  let colon = from;
  while (colon < to && bytes[colon] !== 58) colon++;
  if (colon === from || colon === to) return '';
  const name = bytes.toString('latin1', from, colon).trim().toLowerCase();
  const value = bytes.toString('latin1', colon + 1, to).trim();
  const before = headers.get(name);
  headers.set(name, before === undefined ? value : `${before}, ${value}`);
  return name;
}

/** Where the head that begins at `from` ends, its empty line included; -1 when that is not in `bytes` yet. Looks on from `scanned`. */
export function headEnd(bytes: Buffer, from: number, scanned: number, to: number): number {
  for (let at = bytes.indexOf(lf, Math.max(from, scanned)); at >= 0 && at < to; at = bytes.indexOf(lf, at + 1)) {
    const next = bytes[at + 1];
    if (at + 1 < to && next === lf) return at + 2;
    if (at + 2 < to && next === cr && bytes[at + 2] === lf) return at + 3;
  }
  return -1;
}
