import { TextDecoder } from 'node:util';

const charset = /;\s*charset\s*=\s*"?([\w.:+-]{1,40})"?/i;
const decoders = new Map<string, TextDecoder | null>();
const maxDecoders = 64;

/**
 * The text of a body by the charset of its `Content-Type`, or by its byte order mark, else UTF-8; bytes that are none of it become
 * U+FFFD. An unknown charset is read as ISO 8859-1.
 */
export function textOf(bytes: Uint8Array, contentType: string): string {
  const marked =
    bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : null;
  const label = marked ?? charset.exec(contentType.slice(0, 512))?.[1]?.toLowerCase() ?? 'utf-8';
  if (label === 'utf-8' || label === 'utf8') {
    const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', from);
  }
  const decoder = decoderOf(label);
  return decoder
    ? decoder.decode(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function decoderOf(label: string): TextDecoder | null {
  const known = decoders.get(label);
  if (known !== undefined) return known;
  let decoder: TextDecoder | null;
  try {
    decoder = new TextDecoder(label);
  } catch {
    // No charset that there is.
    decoder = null;
  }
  if (decoders.size >= maxDecoders) decoders.clear();
  decoders.set(label, decoder);
  return decoder;
}
