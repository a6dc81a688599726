/** Frame types (RFC 9113, section 6). */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** What a client sends first (section 3.4). */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const headerLength = 9;
/** What a receiver takes when it announced nothing (section 4.2). */
export const defaultMaxFrame = 16_384;
export const largestFrame = 0xff_ffff;

/** By type: flags that are defined, the length when it is fixed or -1, and whether it belongs to a stream (1), to none (0), to any (2). */
const definedFlags = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04];
const fixedLengths = [-1, -1, 5, 4, -1, -1, 8, -1, 4, -1];
const places = [1, 1, 1, 1, 0, 1, 0, 0, 2, 1];
/** ALTSVC (RFC 7838), ORIGIN (RFC 8336), PRIORITY_UPDATE (RFC 9218). */
const extensionTypes = [0x0a, 0x0c, 0x10];

/** Whether a frame may have such a header; types that are unknown may (section 4.1). Hot: once a frame. */
export function isFrame(type: number, length: number, stream: number): boolean {
  if (type >= fixedLengths.length) return true;
  const fixed = fixedLengths[type]!;
  if (fixed >= 0 ? length !== fixed : type === frameType.settings && length % 6 !== 0) return false;
  const place = places[type]!;
  return place === 2 || (place === 1) === stream > 0;
}

/**
 * Whether `bytes[from, to)` may be HTTP/2 frames from their first byte on, which are the only sign where a capture began late: every
 * header in it must be what programs send, the first one whole, and nothing that goes on with an earlier frame. Cheap for anything else:
 * text fails at its first byte.
 */
export function couldBeHttp2(bytes: Buffer, from: number, to: number, maxFrame = defaultMaxFrame): boolean {
  if (to - from < headerLength || bytes[from + 3] === frameType.continuation) return false;
  for (let at = from; at + headerLength <= to; ) {
    const length = bytes.readUIntBE(at, 3);
    const type = bytes[at + 3]!;
    const flags = bytes[at + 4]!;
    const stream = bytes.readUInt32BE(at + 5);
    if (length > maxFrame || stream > 0x7fff_ffff || !isFrame(type, length, stream)) return false;
    if (type >= definedFlags.length ? !extensionTypes.includes(type) : (flags & ~definedFlags[type]!) !== 0)
      return false;
    if (type === frameType.settings && flags === flag.ack && length > 0) return false;
    at += headerLength + length;
  }
  return true;
}

/**
 * Whether the first bytes of a connection's side are those of HTTP/2 (section 3.4): `client` by its preface, of which four bytes are
 * enough, `server` by its SETTINGS, which may come before that.
 */
export function beginsHttp2(bytes: Buffer, from: number, to: number): 'client' | 'server' | null {
  const length = Math.min(preface.length, to - from);
  if (length >= 4 && bytes.compare(preface, 0, length, from, from + length) === 0) return 'client';
  const isSettings = length >= headerLength && bytes[from + 3] === frameType.settings && bytes[from + 4] === 0;
  return isSettings && couldBeHttp2(bytes, from, to) ? 'server' : null;
}
