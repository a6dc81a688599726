import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from '#collectors/garbage';

/** What may lie in the heap beside what was alive after the last collection. */
const mostGarbage = 32 * 1_048_576;

/**
 * Keeps memory flat over a long capture: what it gives is called once a block. V8 by itself lets the heap of a long reading grow to
 * several times what is alive in it: at the end of a capture of 3 GB the process had 550 MB instead of 260.
 */
export function memoryKeeper(): () => void {
  let alive = getHeapStatistics().used_heap_size;
  return () => {
    const used = getHeapStatistics().used_heap_size;
    if (used < alive) alive = used;
    if (used - alive < mostGarbage) return;
    collectGarbage('last-resort');
    alive = getHeapStatistics().used_heap_size;
  };
}
