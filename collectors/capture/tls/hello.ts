/**
 * Whether a stream begins with a TLS record (RFC 8446, section 5.1): a handshake with a ClientHello or ServerHello, or, of a
 * connection that is older than the capture, application data.
 */
export function isTls(bytes: Buffer): boolean {
  if (bytes.length < 6 || bytes[1] !== 3 || bytes[2]! > 4) return false;
  return bytes[0] === 23 || (bytes[0] === 22 && (bytes[5] === 1 || bytes[5] === 2));
}

/**
 * The name that a ClientHello at the beginning of `bytes` asks for (server_name, RFC 6066, section 3), lower case; `null` when it
 * asks for none, or the extension is not within these bytes.
 */
export function serverName(bytes: Buffer): string | null {
  if (!isTls(bytes) || bytes[0] !== 22 || bytes[5] !== 1) return null;
  // Record header 5, handshake header 4, version 2, random 32.
  let at = 43;
  for (const width of [1, 2, 1]) {
    // Session id, cipher suites, compression methods: each behind its length.
    if (at + width > bytes.length) return null;
    at += width + bytes.readUIntBE(at, width);
  }
  at += 2;
  while (at + 4 <= bytes.length) {
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    at += 4;
    if (type === 0) {
      // List length 2, name type 1 (0: host_name), name length 2.
      if (at + 5 > bytes.length || bytes[at + 2] !== 0) return null;
      const end = at + 5 + bytes.readUInt16BE(at + 3);
      if (end > bytes.length) return null;
      const name = bytes.toString('latin1', at + 5, end).toLowerCase();
      return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) ? name : null;
    }
    at += length;
  }
  return null;
}
