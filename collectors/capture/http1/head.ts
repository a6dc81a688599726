import type { Piece } from '#collectors/capture/tcp/receiver';
import type { Like } from '#collectors/traffic/exchange';
import { declaredFraming, type Framing } from './framing.ts';
import { smugglingMarks } from './smuggling.ts';

/** Where a message began: the packet and its time, and what both directions had sent by then. */
export type Origin = Pick<Piece, 'ref' | 'at' | 'seq' | 'ack'>;

/**
 * What a head says. One object stands for all heads that are alike ({@link file://./scan.ts}): of those it is the first, and what
 * differs between them (ids in the target, values of fields that are not looked at) is the first's.
 */
export interface RequestHead {
  kind: 'request';
  method: string;
  /** As sent, with bytes that no URI may hold percent-encoded (RFC 3986, section 2.1). */
  target: string;
  version: string;
  /** By lower-case name; values of a repeated name joined by `, ` (RFC 9110, section 5.3). */
  headers: Map<string, string>;
  /** False when the recording lacks the end of the head: headers are missing. */
  whole: boolean;
  /** Bytes of the head. */
  size: number;
  /** What is odd about it, as fixed texts; `null` for nothing. */
  marks: string[] | null;
  /** Of its fields there are only those that count: who looks into it has to read it again. */
  partial: boolean;
  /** Of the target's authority, else of Host; `null` without either. */
  host: string | null;
  /** When it stands for many: what is known of its exchanges, by the head of the response; few. */
  likes: LikeAnswered[] | null;
  /** When it stands for many: hashes of the parameters that they had. */
  parameters: Set<number> | null;
  /** Lots of those of which the body is wanted are below; see {@link Like}. */
  bodiesBelow: number;
}

/** Exchanges of alike requests with responses that are alike; `null`: without one. */
export interface LikeAnswered extends Like {
  response: ResponseHead | null;
}

export interface ResponseHead {
  kind: 'response';
  status: number;
  headers: Map<string, string>;
  whole: boolean;
  /** Bytes of the head. */
  size: number;
  marks: string[] | null;
  partial: boolean;
  /** It stands for many, which are alike. */
  shared: boolean;
}

export type Head = RequestHead | ResponseHead;

/** A head, and how it says that its body ends. */
export interface Parsed {
  head: Head;
  declared: Framing;
}

const lf = 10;
const cr = 13;
const space = 32;
const tab = 9;

/**
 * Reads a message's start line and header fields (RFC 9112, sections 2 to 5) from `from` up to `to`, or `null` when they are none.
 * Lenient as servers are: bare LF, folded lines, lines without a colon passed over. Of the fields, those that `keeps` names.
 */
export function parseHead(
  bytes: Buffer,
  from: number,
  to: number,
  whole: boolean,
  keeps: ((name: string, kind: Head['kind']) => boolean) | null = null,
): Parsed | null {
  const line = lineAt(bytes, from, to);
  const start = line === null ? null : parseStartLine(line.text);
  if (line === null || start === null) return null;
  const { headers, folded } = parseFields(bytes, line.end, to, keeps && ((name) => keeps(name, start.kind)));
  const declared = declaredFraming(headers, whole);
  const marks = smugglingMarks(headers, folded);
  const size = to - from;
  const partial = keeps !== null;
  if (start.kind === 'response')
    return { head: { ...start, headers, whole, size, marks, partial, shared: false }, declared };
  const host = authority(start.target) ?? hostOf(headers);
  return {
    head: { ...start, headers, whole, size, marks, partial, host, likes: null, parameters: null, bodiesBelow: 2 ** 32 },
    declared,
  };
}

/** A line without its end, and where the next one begins. */
function lineAt(bytes: Buffer, from: number, to: number): { text: string; end: number } | null {
  const found = bytes.indexOf(lf, from);
  if (found < 0 || found >= to) return null;
  return { text: bytes.toString('latin1', from, found).trimEnd(), end: found + 1 };
}

type StartLine = Pick<RequestHead, 'kind' | 'method' | 'target' | 'version'> | Pick<ResponseHead, 'kind' | 'status'>;

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
  return { kind: 'request', method, target: encodeTarget(target), version: version.slice(5) };
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

/** Of a target in absolute form, which wins over Host (RFC 9112, section 3.2.2). */
function authority(target: string): string | undefined {
  const found = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]+)/.exec(target)?.[1];
  return found?.slice(found.lastIndexOf('@') + 1);
}

/** The first, of a request that has several. */
function hostOf(headers: Map<string, string>): string | null {
  return headers.get('host')?.split(',', 1)[0]?.trim() ?? null;
}

/**
 * Strings are cut from the bytes, never from a string of the whole head: a part of a string keeps the whole in memory,
 * and hosts and paths live long.
 */
function parseFields(
  bytes: Buffer,
  from: number,
  to: number,
  keeps: ((name: string) => boolean) | null,
): { headers: Map<string, string>; folded: Set<string> } {
  const headers = new Map<string, string>();
  const folded = new Set<string>();
  let name = '';
  for (let at = from; at < to; ) {
    const found = bytes.indexOf(lf, at);
    const end = found < 0 || found > to ? to : found;
    if ((bytes[at] === space || bytes[at] === tab) && name !== '') {
      // obs-fold (RFC 9112, section 5.2): goes on with the value of the line before.
      const more = bytes.toString('latin1', at, end).trim();
      const before = headers.get(name);
      if (more !== '') {
        headers.set(name, before ? `${before} ${more}` : more);
        folded.add(name);
      }
    } else {
      name = addField(headers, bytes, at, end, keeps);
    }
    at = end + 1;
  }
  return { headers, folded };
}

/** Its name, or `''` for a line that is no field. */
function addField(
  headers: Map<string, string>,
  bytes: Buffer,
  from: number,
  to: number,
  keeps: ((name: string) => boolean) | null,
): string {
  let colon = from;
  while (colon < to && bytes[colon] !== 58) colon++;
  if (colon === from || colon === to) return '';
  const name = bytes.toString('latin1', from, colon).trim().toLowerCase();
  if (keeps !== null && !keeps(name)) return '';
  const value = bytes.toString('latin1', colon + 1, to).trim();
  const before = headers.get(name);
  headers.set(name, before === undefined ? value : `${before}, ${value}`);
  return name;
}

/** Where the head that begins at `from` ends, its empty line included; -1 when that is not before `to`. Looks on from `scanned`. */
export function headEnd(bytes: Buffer, from: number, scanned: number, to: number): number {
  for (let at = bytes.indexOf(lf, Math.max(from, scanned)); at >= 0 && at < to; at = bytes.indexOf(lf, at + 1)) {
    const next = bytes[at + 1];
    if (at + 1 < to && next === lf) return at + 2;
    if (at + 2 < to && next === cr && bytes[at + 2] === lf) return at + 3;
  }
  return -1;
}
