import { collectGarbage } from '#collectors/garbage';

const bytesBetween = 262_144;

/**
 * Has the parser's trees freed that are no longer used: `release(bytes)` is called between files with the bytes that were
 * parsed so far. V8 does not know how large they are (about 60 times their source) and would let them lie until its own heap
 * is full: 8,000 files took 392 MB without it, 255 MB with it, in the same time.
 */
export function treeReleaser(): (bytes: number) => void {
  let last = 0;
  return (bytes) => {
    if (bytes - last < bytesBetween) return;
    last = bytes;
    collectGarbage();
  };
}
