import zlib from 'node:zlib';

/** What a decompressed body may have; the rest of it is as good as cut. */
export const maxDecoded = 262_144;
const maxCodings = 4;

/** Bytes of a body, and whether there were more of it. */
export interface Decoded {
  bytes: Uint8Array;
  cut: boolean;
}

type Decoder = (bytes: Uint8Array, most: number) => Uint8Array;

/** A cut stream gives what it has: no decoder asks for its end. */
const gzip: Decoder = (bytes, maxOutputLength) =>
  zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength });
const raw: Decoder = (bytes, maxOutputLength) =>
  zlib.inflateRawSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength });
/** RFC 9110 says zlib's format; some send the bare stream (section 8.4.1.2). */
const deflate: Decoder = (bytes, maxOutputLength) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
    ? zlib.inflateSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength })
    : raw(bytes, maxOutputLength);
const brotli: Decoder = (bytes, maxOutputLength) =>
  zlib.brotliDecompressSync(bytes, { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH, maxOutputLength });
/** Of Node 22.15 and later. */
const zstd: Decoder | null =
  typeof zlib.zstdDecompressSync === 'function'
    ? (bytes, maxOutputLength) =>
        zlib.zstdDecompressSync(bytes, { finishFlush: zlib.constants.ZSTD_e_flush, maxOutputLength })
    : null;

const decoders: ReadonlyMap<string, Decoder | null> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
  ['zstd', zstd],
]);

/**
 * Takes the codings of `Content-Encoding` off, the last first (RFC 9110, section 8.4); at most {@link maxDecoded} bytes come out, in
 * every step. `null` where a coding is unknown or the bytes are not of it.
 */
export function decode(bytes: Uint8Array, contentEncoding: string | undefined, cut: boolean): Decoded | null {
  const codings = (contentEncoding ?? '').split(',', maxCodings + 1).map((coding) => coding.trim().toLowerCase());
  if (codings.length > maxCodings) return null;
  let decoded: Decoded = { bytes, cut };
  for (const coding of codings.reverse()) {
    if (coding === '' || coding === 'identity') continue;
    const decoder = decoders.get(coding);
    const next = decoder ? inflate(decoder, decoded) : null;
    if (!next) return null;
    decoded = next;
  }
  return decoded;
}

/**
 * zlib throws where the bound on its output is passed and keeps what it had: then half of the input is tried, and so on. Each try
 * costs at most the bound, and there are at most seventeen.
 */
function inflate(decoder: Decoder, { bytes, cut }: Decoded): Decoded | null {
  for (let length = bytes.length; length > 0; length >>= 1) {
    try {
      const out = decoder(length === bytes.length ? bytes : bytes.subarray(0, length), maxDecoded);
      return { bytes: out, cut: cut || length < bytes.length };
    } catch (error) {
      if (!isTooLarge(error)) return null;
    }
  }
  return null;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
