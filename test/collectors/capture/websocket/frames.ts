/** A frame (RFC 6455, section 5.2) by hand; `masked` as clients send them. */
export function frame(
  opcode: number,
  content: string | Buffer,
  { masked = false, last = true, rsv1 = false } = {},
): Buffer {
  const payload = Buffer.from(content);
  const length = payload.length;
  const head =
    length < 126
      ? Buffer.of(0, length)
      : length < 65_536
        ? Buffer.of(0, 126, length >> 8, length & 255)
        : Buffer.alloc(10);
  head[0] = (last ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  if (length >= 65_536) {
    head[1] = 127;
    head.writeUInt32BE(length, 6);
  }
  if (!masked) return Buffer.concat([head, payload]);
  head[1]! |= 0x80;
  const mask = Buffer.of(0x12, 0x34, 0x56, 0x78);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i & 3]!)]);
}

/** A client's text message. */
export function text(content: string): Buffer {
  return frame(1, content, { masked: true });
}
