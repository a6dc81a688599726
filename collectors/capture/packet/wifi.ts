import { type Cursor, i32, type Layer, narrow, u16 } from './cursor.ts';

/** Bytes of a subframe's header. */
export const subframeHeader = 14;

/** https://www.radiotap.org: its length is little-endian. Of its fields only the one that tells of padding matters. */
export function radiotap(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  const length = bytes[at + 2]! | (bytes[at + 3]! << 8);
  if (length < 8) return 'malformed';
  if (end - at < length) return 'cut';
  cursor.at += length;
  return wifi(cursor, radiotapPads(bytes, at, at + length));
}

/** Whether the 802.11 header is padded to a multiple of four bytes. */
function radiotapPads(bytes: Buffer, at: number, end: number): boolean {
  const present = bytes[at + 4]!;
  if ((present & 2) === 0) return false;
  // Words that say which fields are present follow as long as their highest bit is set.
  let fields = at + 8;
  while (fields <= end && (bytes[fields - 1]! & 0x80) !== 0) fields += 4;
  // The time that may precede the flags stands at a multiple of eight bytes.
  if ((present & 1) !== 0) fields = at + ((fields - at + 7) & ~7) + 8;
  return fields < end && (bytes[fields]! & 0x20) !== 0;
}

/** The headers of Prism cards and of AVS: both begin with a kind and a length, AVS's in network order. */
export function prism(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  const avs = bytes[at] === 0x80 && bytes[at + 1] === 0x21;
  const length = avs ? i32(bytes, at + 4) : 144;
  if (length < 8) return 'malformed';
  if (end - at < length) return 'cut';
  cursor.at += length;
  return 'wifi';
}

/** IEEE 802.11, section 9.2: of data frames, what they carry. `padded`: the header, to a multiple of four bytes. */
export function wifi(cursor: Cursor, padded = false): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 24) return 'cut';
  const control = bytes[at]!;
  const flags = bytes[at + 1]!;
  const isData = (control & 0x0f) === 0x08;
  const isEmpty = (control & 0x40) !== 0;
  // Of a frame in fragments, only the first has the headers of what it carries.
  const isRest = (bytes[at + 22]! & 0x0f) !== 0;
  if (!isData || isEmpty || isRest) return 'foreign';
  if ((flags & 0x40) !== 0) return 'encrypted';
  // With both directions set there is a fourth address.
  let length = (flags & 0x03) === 0x03 ? 30 : 24;
  const quality = (control & 0x80) !== 0;
  // 0x80 there: an aggregate of several frames.
  const aggregate = quality && end - at > length && (bytes[at + length]! & 0x80) !== 0;
  // Behind quality of service, "order" stands for four bytes of HT control.
  if (quality) length += (flags & 0x80) === 0 ? 2 : 6;
  if (padded) length = (length + 3) & ~3;
  if (end - at < length + (aggregate ? subframeHeader : 0)) return 'cut';
  cursor.at += length;
  return aggregate ? 'aggregate' : 'llc';
}

/**
 * A subframe of an A-MSDU (IEEE 802.11, 9.3.2.2.2): two addresses, a length, and LLC, to which the cursor is narrowed. Its header
 * must be there. Returns where the next one begins.
 */
export function subframe(cursor: Cursor): number {
  const { bytes, at } = cursor;
  const length = subframeHeader + u16(bytes, at + 12);
  cursor.at += subframeHeader;
  narrow(cursor, at + length);
  return at + ((length + 3) & ~3);
}
