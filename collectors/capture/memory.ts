import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { collectGarbage } from '#collectors/garbage';

/** Of what is alive in the heap, what may lie in it beside that before V8 collects, in percent. */
const mostGarbage = { usual: 20, generous: 100 };
/** Bytes of the heap in which there is nothing, before what is alive is moved together. */
const mostUnused = 32 * 1_048_576;

/**
 * Keeps memory flat over a long capture: what it gives is called once a block. V8 by itself lets the heap of a long reading grow to
 * several times what is alive in it, and later holds pages that are half empty: of a capture of 3 GB the process had 400 MB instead of 250.
 * To collect everything by our own order took half as long again, as then nothing is marked while the reading goes on. The bound on
 * garbage holds for the whole process, until {@link growFreely}.
 *
 * `generous`: with more garbage, where there is no processor for marking (of several threads it took a third of the time), or where every
 * exchange is kept for a while.
 */
export function memoryKeeper(generous = false): () => void {
  setFlagsFromString(`--heap-growing-percent=${generous ? mostGarbage.generous : mostGarbage.usual}`);
  let least = generous ? Number.POSITIVE_INFINITY : 0;
  return () => {
    const { total_heap_size: total, used_heap_size: used } = getHeapStatistics();
    if (total - used < mostUnused || total < least) return;
    collectGarbage('last-resort');
    // Where it is of no use, it is not tried again soon.
    least = getHeapStatistics().total_heap_size + mostUnused / 2;
  };
}

/** What comes behind the reading may take memory as V8 sees fit. */
export function growFreely(): void {
  setFlagsFromString('--heap-growing-percent=0');
}
