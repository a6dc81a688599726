import { makeCapture } from '#test/collectors/capture/made/capture';
import { makeHugeBody, makeScan } from '#test/collectors/capture/made/extremes';
import type { Truth } from '#test/collectors/capture/made/truth';

/** The captures that are made for benchmarks, each from its size in bytes, about. */
export const variants = {
  /** HTTP/1 on thousands of interleaved connections. */
  plain: (path, bytes) => makeCapture(path, { bytes }),
  /** The same in VXLAN. */
  vxlan: (path, bytes) => makeCapture(path, { bytes, vxlan: true }),
  /** HTTP/2 in clear. */
  http2: (path, bytes) => makeCapture(path, { bytes, version: 2 }),
  'http2-vxlan': (path, bytes) => makeCapture(path, { bytes, version: 2, vxlan: true }),
  /** One connection with many exchanges. */
  flow: (path, bytes) => makeCapture(path, { bytes, flows: 1, requests: Number.POSITIVE_INFINITY }),
  /** One connection with one exchange, whose answer fills the file. */
  body: makeHugeBody,
  /** SYNs of a port scanner, 70 bytes each. */
  scan: makeScan,
} satisfies Record<string, (path: string, bytes: number) => Truth>;

export type Variant = keyof typeof variants;
