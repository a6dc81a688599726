/** Makes frames and header blocks by hand, for what no real peer would send. */

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const endStream = 1;
export const endHeaders = 4;

export function frame(type: number, flags: number, stream: number, content: Buffer | string = ''): Buffer {
  const payload = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

export const settings = frame(4, 0, 0);

export function data(stream: number, content: Buffer | string, ends = true): Buffer {
  return frame(0, ends ? endStream : 0, stream, content);
}

/** A header block of literals; with `insert`, each becomes an entry of the dynamic table. */
export function block(fields: Record<string, string>, insert = false): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [Buffer.of(insert ? 0x40 : 0), text(name), text(value)]),
  );
}

export function headers(stream: number, fields: Record<string, string> | Buffer, ends = true): Buffer {
  const content = Buffer.isBuffer(fields) ? fields : block(fields);
  return frame(1, endHeaders | (ends ? endStream : 0), stream, content);
}

export function get(path: string): Record<string, string> {
  return { ':method': 'GET', ':scheme': 'http', ':authority': 'api.example.com', ':path': path };
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const rest = bytes.length - 127;
  return Buffer.concat([Buffer.of(127, (rest & 127) | 128, ((rest >> 7) & 127) | 128, rest >> 14), bytes]);
}
