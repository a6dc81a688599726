import { randomInt } from 'node:crypto';
import { isKeyHeader, isSessionCookie, keyParameterKind } from '#collectors/traffic/credentials';
import { decodedName } from '#collectors/traffic/query';
import { segmentType } from '#path/segment';
import { agentClass } from './agent.ts';
import { chunked, type Framing, undeclared } from './framing.ts';
import type { Head } from './head.ts';
import { Names } from './names.ts';

/** Longer targets and methods are left to the full parser. */
const maxTarget = 1_024;
const maxMethod = 32;

/** What a byte of a target may be, one bit each; 0: what ends a scan. */
const digit = 1;
const lowerHex = 2;
const upperHex = 4;
const letter = 8;
const joint = 16;
const other = 32;
const kinds = new Uint8Array(256);
for (let byte = 33; byte < 127; byte++) kinds[byte] = other;
for (let byte = 48; byte <= 57; byte++) kinds[byte] = digit;
for (let byte = 97; byte <= 122; byte++) kinds[byte] = byte <= 102 ? lowerHex : letter;
for (let byte = 65; byte <= 90; byte++) kinds[byte] = byte <= 70 ? upperHex : letter;
for (const char of '-_.~') kinds[char.charCodeAt(0)] = joint;
const slash = 47;
const question = 63;
/** No byte. */
const none = -1;
// A fragment has no place in a target.
for (const byte of [slash, question, 35]) kinds[byte] = 0;

/** Bytes of a field name (RFC 9110, section 5.6.2) in lower case; 0 for all others. */
const lower = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
  lower[char.charCodeAt(0)] = char.charCodeAt(0);
for (let byte = 65; byte <= 90; byte++) lower[byte] = byte + 32;

/** Whoever makes a capture shall not be able to make heads that seem alike and are not. */
const seed = randomInt(2 ** 32) | 0;
const prime = 0x0100_0193;

/** What is done with a field. */
const field = {
  none: 0,
  /** Its name alone matters. */
  named: 1,
  /** Its whole value does. */
  literal: 2,
  type: 3,
  length: 4,
  coding: 5,
  agent: 6,
  authorization: 7,
  cookie: 8,
  elsewhere: 9,
  /** It may be a call of a method of a protobuf service. */
  call: 10,
} as const;

const requestFields: ReadonlyMap<string, number> = new Map([
  ['host', field.literal],
  ['upgrade', field.elsewhere],
  ['soapaction', field.literal],
  ['access-control-request-method', field.named],
  ['connect-protocol-version', field.call],
  ['content-type', field.type],
  ['content-length', field.length],
  ['transfer-encoding', field.coding],
  ['user-agent', field.agent],
  ['authorization', field.authorization],
  ['cookie', field.cookie],
]);

const responseFields: ReadonlyMap<string, number> = new Map([
  ['upgrade', field.elsewhere],
  ['deprecation', field.literal],
  ['sunset', field.literal],
  ['grpc-status', field.literal],
  ['content-type', field.type],
  ['content-length', field.length],
  ['transfer-encoding', field.coding],
  ['location', field.elsewhere],
]);

function meaningOf(name: string, kind: Head['kind']): number {
  if (kind === 'response') return responseFields.get(name) ?? field.none;
  return requestFields.get(name) ?? (isKeyHeader(name) ? field.named : field.none);
}

/** Whether a field (its name in lower case) has a part in what heads are alike in. */
export function counts(name: string, kind: Head['kind']): boolean {
  return meaningOf(name, kind) !== field.none;
}

const requestNames = new Names((name) => meaningOf(name.toLowerCase(), 'request'));
const responseNames = new Names((name) => meaningOf(name.toLowerCase(), 'response'));
const cookieNames = new Names((name) => Number(isSessionCookie(name)));
/** What says that a GET is a call (connectrpc.com/docs/protocol, Unary-Get-Request). */
const connectParameter = 3;
const parameterNames = new Names((name) => {
  if (name === 'connect') return connectParameter;
  const decoded = decodedName(name);
  return decoded === null ? 0 : ['no', 'yes', 'maybe'].indexOf(keyParameterKind(decoded));
});

/** Parameters of one target that are told apart. */
const maxParameters = 64;

/**
 * Reads heads of the usual form where they lie, without making anything of them but a key: two heads of the same key are alike
 * in all that is counted. Of a target these are its literal segments, the places of what is an integer, a UUID or hex digits
 * (as segmentType has them), and parameters that are credentials; of fields those that say who asks and what comes, as much as is
 * looked at. Other parameters are told beside the key, as any of them may be missing. For the rest (`false`) there is the full parser.
 *
 * Hot: once a message, a byte at a time, no allocation. Looking for each line's end with indexOf, and at its name as a string, took
 * three times as long.
 */
export class HeadScan {
  /** Behind the head's empty line. */
  end = 0;
  declared: Framing = undeclared;
  /** Lines of fields. */
  fieldCount = 0;
  /** The key. */
  one = 0;
  other = 0;
  /** Hashes of the target's parameters: their names, and whether they have values. */
  readonly parameters = new Int32Array(maxParameters);
  parameterCount = 0;
  /** It leads elsewhere, by a redirect or an upgrade: its likeness the key does not tell. */
  leads = false;
  /** The target has segments whose type alone is in the key. */
  #typed = false;

  /** A request that begins at `from` and has its end before `to`. */
  request(bytes: Buffer, from: number, to: number): boolean {
    this.one = seed;
    this.other = ~seed;
    this.parameterCount = 0;
    let at = from;
    let hash = seed;
    for (const limit = Math.min(to, from + maxMethod + 1); at < limit && lower[bytes[at]!] !== 0; at++)
      hash = Math.imul(hash ^ bytes[at]!, prime);
    if (at >= to || at === from || bytes[at] !== 32 || bytes[at + 1] !== slash) return false;
    this.#mix(hash);
    at = this.#target(bytes, at + 1, Math.min(to, at + 1 + maxTarget));
    // HTTP/1.0 or HTTP/1.1, and the line's end.
    if (at < 0 || at + 11 > to || !isVersion(bytes, at + 1)) return false;
    this.#mix(bytes[at + 8]!);
    at += bytes[at + 9] === 13 ? 10 : 9;
    return bytes[at] === 10 && this.#fields(bytes, at + 1, to, false);
  }

  /** A response that begins at `from` and has its end before `to`. */
  response(bytes: Buffer, from: number, to: number): boolean {
    this.one = ~seed;
    this.other = seed;
    if (from + 14 > to || !isVersion(bytes, from) || bytes[from + 8] !== 32) return false;
    let status = 0;
    for (let at = from + 9; at < from + 12; at++) {
      const value = bytes[at]! - 48;
      if (value < 0 || value > 9) return false;
      status = status * 10 + value;
    }
    const behind = bytes[from + 12]!;
    if (status < 100 || (behind !== 32 && behind !== 13)) return false;
    this.#mix(status);
    let at = from + 12;
    while (at < to && bytes[at] !== 10) at++;
    return at < to && this.#fields(bytes, at + 1, to, true);
  }

  /** From its slash to the space behind it, or -1. */
  #target(bytes: Buffer, from: number, to: number): number {
    let at = from;
    this.#typed = false;
    while (at < to && bytes[at] === slash) {
      const start = ++at;
      let hash = seed;
      let met = 0;
      let digits = 0;
      for (; at < to; at++) {
        const byte = bytes[at]!;
        const kind = kinds[byte]!;
        if (kind === 0) break;
        met |= kind;
        digits += kind & digit;
        hash = Math.imul(hash ^ byte, prime);
      }
      const length = at - start;
      if (met === digit) {
        if (length > 512) return -1;
        this.#typed = true;
        this.#mix(1);
      } else if (isHex(met) && (length >= 16 || (length >= 8 && digits >= 2))) {
        this.#typed = true;
        this.#mix(2);
      } else if (length === 36 && digits > 0 && isUuid(bytes, start)) {
        this.#typed = true;
        this.#mix(3);
      } else if (length === 26 && (met & (joint | other)) === 0 && isUlid(bytes, start)) {
        this.#typed = true;
        this.#mix(4);
      } else {
        const type = digits > 1 && length >= 7 && (met & other) === 0 ? typeOf(bytes, start, at) : 0;
        if (type !== 0) this.#typed = true;
        this.#mix(type === 0 ? hash : type);
        this.#mix(type === 0 ? length : 0);
      }
    }
    if (at >= to) return -1;
    if (bytes[at] === question) at = this.#query(bytes, at + 1, to);
    return at >= 0 && bytes[at] === 32 ? at : -1;
  }

  #query(bytes: Buffer, from: number, to: number): number {
    this.#mix(question);
    for (let at = from; at < to; at++) {
      const start = at;
      let hash = seed;
      let byte = bytes[at]!;
      while (byte !== 61 && byte !== 38 && byte !== 32) {
        if (byte < 33 || byte > 126 || byte === 35) return -1;
        hash = Math.imul(hash ^ byte, prime);
        if (++at >= to) return -1;
        byte = bytes[at]!;
      }
      const meaning = parameterNames.of(hash, bytes, start, at);
      // Names of methods are names, however they look.
      if (meaning === connectParameter && this.#typed) return -1;
      const named = at > start;
      let kind = 3;
      if (byte === 61) {
        const value = ++at;
        for (; at < to; at++) {
          byte = bytes[at]!;
          if (byte === 38 || byte === 32) break;
          if (byte < 33 || byte > 126 || byte === 35) return -1;
          // Of what may be a credential, or a call, the value tells.
          if (meaning >= 2) hash = Math.imul(hash ^ byte, prime);
        }
        if (at >= to) return -1;
        kind = at === value ? 1 : 2;
      }
      if (meaning !== 0) {
        this.#mix(hash);
        this.#mix(kind);
      } else if (named) {
        if (this.parameterCount === maxParameters) return -1;
        this.parameters[this.parameterCount++] = Math.imul(hash, 31) + kind;
      }
      if (byte === 32) return at;
    }
    return -1;
  }

  #fields(bytes: Buffer, from: number, to: number, response: boolean): boolean {
    this.leads = false;
    let count = 0;
    let length = -1;
    let isChunked = false;
    let met = 0;
    let at = from;
    for (;;) {
      if (at >= to) return false;
      const start = at;
      let hash = seed;
      for (; at < to; at++) {
        const byte = lower[bytes[at]!]!;
        if (byte === 0) break;
        hash = Math.imul(hash ^ byte, prime);
      }
      if (at === start) break;
      if (at >= to || bytes[at] !== 58) return false;
      const meaning = (response ? responseNames : requestNames).of(hash, bytes, start, at);
      at++;
      while (at < to && (bytes[at] === 32 || bytes[at] === 9)) at++;
      const value = at;
      while (at < to && bytes[at] !== 10) at++;
      if (at >= to) return false;
      let end = at++;
      count++;
      if (meaning === field.none) continue;
      if (meaning >= field.type) {
        // Repeated, its values count together.
        if (((met >> meaning) & 1) !== 0) return false;
        met |= 1 << meaning;
      }
      while (end > value && bytes[end - 1]! <= 32) end--;
      switch (meaning) {
        case field.length:
          length = decimal(bytes, value, end);
          if (length < 0) return false;
          break;
        case field.coding:
          if (end - value !== 7 || bytes.toString('latin1', value, end).toLowerCase() !== 'chunked') return false;
          isChunked = true;
          break;
        case field.type:
          if (this.#typed && !response && beginsCallType(bytes, value, end)) return false;
          this.#mixUpTo(bytes, value, end, hash, 59, 44);
          break;
        case field.elsewhere:
          this.leads = true;
          break;
        case field.agent:
          this.#mix(hash + agentClass(bytes, value, end));
          break;
        case field.authorization:
          this.#scheme(bytes, value, end, hash);
          break;
        case field.cookie:
          if (holdsSession(bytes, value, end)) this.#mix(hash);
          break;
        case field.call:
          if (this.#typed) return false;
          this.#mix(hash);
          break;
        case field.named:
          this.#mix(hash);
          this.#mix(end === value ? 1 : 2);
          break;
        default:
          this.#mixUpTo(bytes, value, end, hash, none, none);
      }
    }
    if (bytes[at] === 13) at++;
    if (at >= to || bytes[at] !== 10 || (isChunked && length >= 0)) return false;
    this.fieldCount = count;
    this.declared = isChunked ? chunked : length >= 0 ? length : undeclared;
    this.end = at + 1;
    return true;
  }

  /** The first word of what says who asks, and whether there is more. A word too long for a scheme is a key by itself. */
  #scheme(bytes: Buffer, from: number, to: number, name: number): void {
    let at = from;
    let hash = name;
    for (; at < to && bytes[at] !== 32; at++) hash = Math.imul(hash ^ (bytes[at]! | 32), prime);
    this.#mix(at - from > 20 ? ~name : hash);
    this.#mix(at < to ? 1 : 2);
  }

  /** `name`: the hash of the field's, that its value is not taken for another's. */
  #mixUpTo(bytes: Buffer, from: number, to: number, name: number, stop: number, orStop: number): void {
    let hash = name;
    let at = from;
    for (; at < to && bytes[at] !== stop && bytes[at] !== orStop; at++) hash = Math.imul(hash ^ bytes[at]!, prime);
    this.#mix(hash);
    this.#mix(at - from);
  }

  #mix(hash: number): void {
    this.one = Math.imul((this.one ^ hash) | 0, 0x85eb_ca6b);
    this.one ^= this.one >>> 15;
    this.other = (Math.imul(this.other, 0x9e37_79b1) + hash) | 0;
    this.other ^= this.other >>> 17;
  }
}

/** All digits of hex, of one case, with some of both kinds. */
function isHex(met: number): boolean {
  return met === (digit | lowerHex) || met === (digit | upperHex);
}

/** `HTTP/1.` and a digit. */
function isVersion(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 72 &&
    bytes[at + 1] === 84 &&
    bytes[at + 2] === 84 &&
    bytes[at + 3] === 80 &&
    bytes[at + 4] === slash &&
    bytes[at + 5] === 49 &&
    bytes[at + 6] === 46 &&
    (bytes[at + 7] === 48 || bytes[at + 7] === 49)
  );
}

function isUuid(bytes: Buffer, from: number): boolean {
  for (let i = 0; i < 36; i++) {
    const byte = bytes[from + i]!;
    const dash = i === 8 || i === 13 || i === 18 || i === 23;
    if (dash ? byte !== 45 : (kinds[byte]! & (digit | lowerHex | upperHex)) === 0) return false;
  }
  return true;
}

/** Digits and letters of Crockford's base 32, the first of them below 8. */
function isUlid(bytes: Buffer, from: number): boolean {
  if (bytes[from]! > 55) return false;
  for (let i = 0; i < 26; i++) {
    const byte = bytes[from + i]! | 32;
    // i, l, o, u
    if (byte === 105 || byte === 108 || byte === 111 || byte === 117) return false;
  }
  return true;
}

/** gRPC, gRPC-Web, and Connect's streams, by as much as tells them from all that is common. */
function beginsCallType(bytes: Buffer, from: number, to: number): boolean {
  if (to - from < 16 || bytes[from + 11] !== slash) return false;
  const type = bytes.toString('latin1', from, from + 19).toLowerCase();
  return type.startsWith('application/grpc') || type.startsWith('application/connect');
}

const types = ['date', 'date-time', 'hex', 'id', 'integer', 'ipv4', 'jwt', 'number', 'token', 'ulid', 'uuid'];

/** Of a segment of letters, digits and joints: a number for what it cannot be literally, 0 for what it can. */
function typeOf(bytes: Buffer, from: number, to: number): number {
  const type = segmentType(bytes.toString('latin1', from, to));
  return type === null ? 0 : types.indexOf(type) + 10;
}

function holdsSession(bytes: Buffer, from: number, to: number): boolean {
  let pairs = 0;
  for (let at = from; at < to && pairs < 128; at++, pairs++) {
    while (at < to && bytes[at]! <= 32) at++;
    const start = at;
    let hash = seed;
    for (; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === 61 || byte === 59) break;
      hash = Math.imul(hash ^ byte, prime);
    }
    if (bytes[at] === 61 && at < to && cookieNames.of(hash, bytes, start, at) === 1) return true;
    while (at < to && bytes[at] !== 59) at++;
  }
  return false;
}

/** A number of at most fifteen digits, or -1. */
function decimal(bytes: Buffer, from: number, to: number): number {
  if (to === from || to - from > 15) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    const value = bytes[at]! - 48;
    if (value < 0 || value > 9) return -1;
    number = number * 10 + value;
  }
  return number;
}
